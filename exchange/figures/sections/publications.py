"""What came out in the span, by kind and by name."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import defer, joinedload
from sqlmodel import col, select

from exchange.access.conditions import readable_products
from exchange.access.product_things import about, thing_of_product
from exchange.figures.facts import Facts
from exchange.figures.section import Bar, Chart, Section, closest
from exchange.follow_up.queries import product_options
from exchange.models import Product, ProductKind, ProductVersion
from exchange.products.words import KINDS
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime, instant, wall_time


def publications(facts: Facts) -> Section:
    """The products that are out; those held closer than the document are counted, not named."""
    found = _out(facts)
    named = [one for one in found if facts.may_name(thing_of_product(one.product, about(one.product)))]
    kinds = Counter(one.product.kind for one in found)
    bars = tuple(Bar(str(KINDS[kind]), kinds[kind]) for kind in KINDS if kinds[kind])
    return Section(
        key="publications",
        title=_("Publications"),
        sentence=ngettext(
            "%(num)d publication came out in %(span)s.",
            "%(num)d publications came out in %(span)s.",
            len(found),
            span=facts.span.name,
        ),
        columns=(_("Title"), _("Kind"), _("Day"), _("Marking")),
        rows=tuple(_row(one, facts) for one in named),
        charts=(Chart(_("Publications by kind"), bars),) if bars else (),
        note=_("Withdrawn ones are not counted, nor what is TLP:RED."),
        marking=closest([one.product.published_marking for one in named], at_least=Marking.CLEAR),
    )


def _out(facts: Facts) -> Sequence[ProductVersion]:
    return facts.session.exec(
        select(ProductVersion)
        .join(Product, col(ProductVersion.product_id) == col(Product.id))
        .where(
            col(ProductVersion.number) == col(Product.published_number),
            readable_products(facts.standing, ()),
            col(Product.published_at) >= _midnight(facts),
            col(Product.published_at) < _midnight(facts, after=True),
        )
        .options(
            joinedload(ProductVersion.product).options(*product_options()),  # type: ignore[arg-type]  # SQLModel types relations as their values
            defer(ProductVersion.text),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Product.published_at), col(Product.id))
    ).all()


def _midnight(facts: Facts, *, after: bool = False) -> datetime:
    """When the span begins on the network's wall, or when it is over."""
    on = facts.span.last + timedelta(days=1) if after else facts.span.first
    return instant(WallTime(on, time(), facts.time_zone))


def _row(one: ProductVersion, facts: Facts) -> tuple[str, ...]:
    out_at = one.product.published_at or facts.now
    return (
        one.title,
        str(KINDS[ProductKind(one.product.kind)]),
        format_date(wall_time(out_at, facts.time_zone).on, "d MMM y"),
        one.product.published_marking,
    )

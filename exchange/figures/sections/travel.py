"""Journeys to what was held, by how people travelled: counts of many, never of fewer than five."""

from flask_babel import gettext as _
from sqlalchemy import func
from sqlmodel import col, select

from exchange.figures.bars import largest
from exchange.figures.facts import Facts
from exchange.figures.section import Bar, Section
from exchange.models import Journeys, TrainingEvent, Transport
from exchange.programme.queries import makes_rhythm
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.results.small_groups import PEOPLE_AT_LEAST
from exchange.travel.words import TRANSPORTS


def travel(facts: Facts) -> Section:
    """How many journeys were noted for the training events of the span that were held."""
    counts = _journeys(facts)
    shown = [(one, counts[one]) for one in Transport if counts.get(one, 0) >= PEOPLE_AT_LEAST]
    total = sum(count for _one, count in shown)
    return Section(
        key="travel",
        title=_("Travel"),
        sentence=_(
            "%(total)s journeys to training events of %(span)s were noted.", total=total, span=facts.span.name
        ),
        columns=(_("How"), _("Journeys")),
        rows=tuple((str(TRANSPORTS[one]), f"{count}") for one, count in shown),
        numbers=frozenset({1}),
        charts=largest(
            _("Journeys by how people travelled"), (Bar(str(TRANSPORTS[one]), count) for one, count in shown)
        ),
        note=_("A way in which fewer than %(least)s people travelled is not told.", least=PEOPLE_AT_LEAST),
        marking=Marking.GREEN,
    )


def _journeys(facts: Facts) -> dict[str, int]:
    found = facts.session.exec(
        select(Journeys.transport, func.sum(col(Journeys.people)))
        .join(TrainingEvent, col(Journeys.training_id) == col(TrainingEvent.id))
        .where(
            makes_rhythm(facts.kept_back, facts.standing),
            col(TrainingEvent.on_local).between(facts.span.first, min(facts.span.last, facts.today)),
        )
        .group_by(col(Journeys.transport))
    )
    return dict(found.all())

"""The library: products that are out and open to the reader, found by theme, kind, year and words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import defer, joinedload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.conditions import readable_cycles, readable_products, readable_trainings
from exchange.models import (
    Cycle,
    Person,
    Product,
    ProductCredit,
    ProductRecommendation,
    ProductTheme,
    ProductVersion,
    TrainingEvent,
)
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.paging import Paged, holds_words, page_of_query

_OUT = (col(ProductVersion.product_id) == col(Product.id)) & (
    col(ProductVersion.number) == col(Product.published_number)
)


@dataclass(frozen=True)
class Wanted:
    """What the reader looks for; what is empty asks for nothing."""

    search: str = ""
    theme_id: int | None = None
    kind: str = ""
    year: int | None = None

    @property
    def is_asked(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.search or self.theme_id or self.kind or self.year)


def library_page(session: Session, standing: Standing, wanted: Wanted, number: int) -> Paged[ProductVersion]:
    """One page of the versions that are out, the newest first, without their texts; each with its product."""
    conditions = (_readable(session, standing), *_conditions(standing, wanted))
    return page_of_query(session, _versions().where(*conditions), number, *_load())


def library_whole(session: Session, standing: Standing) -> Sequence[ProductVersion]:
    """All of them that are below TLP:RED, for an export."""
    is_below = col(Product.published_marking) != Marking.RED
    return session.exec(_versions().where(_readable(session, standing), is_below).options(*_load())).all()


def years_of_library(session: Session, standing: Standing) -> list[int]:
    """The years of what the reader may read, the last first."""
    found = (
        select(Product.year).where(_readable(session, standing), col(Product.year).is_not(None)).distinct()
    )
    return sorted((year for year in session.exec(found) if year is not None), reverse=True)


def _versions() -> SelectOfScalar[ProductVersion]:
    return (
        select(ProductVersion)
        .join(Product, _OUT)
        .order_by(col(Product.published_at).desc(), col(Product.id).desc())
    )


def _readable(session: Session, standing: Standing) -> ColumnElement[bool]:
    """What the policy lets the reader read; whom TLP:RED names, the rows alone say."""
    at_red = (
        session.exec(
            select(ProductVersion).join(Product, _OUT).where(Product.published_marking == Marking.RED)
        )
        if standing.is_in_network
        else ()
    )
    named = [one.product_id for one in at_red if standing.person_id in one.named_ids]
    return readable_products(standing, named)


def _conditions(standing: Standing, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.kind:
        yield col(Product.kind) == wanted.kind
    if wanted.year:
        yield col(Product.year) == wanted.year
    if wanted.theme_id:
        yield _is_about(standing, wanted.theme_id)
    for word in wanted.search.split():
        yield _holds(word)


def _is_about(standing: Standing, theme_id: int) -> ColumnElement[bool]:
    """A theme of its own, or that of the exchange or event as far as the reader may know of that."""
    own = select(ProductTheme.product_id).where(ProductTheme.theme_id == theme_id)
    cycles = select(Cycle.id).where(
        Cycle.theme_id == theme_id, Cycle.marking != Marking.RED, readable_cycles(standing)
    )
    events = select(TrainingEvent.id).where(
        TrainingEvent.theme_id == theme_id, TrainingEvent.marking != Marking.RED, readable_trainings(standing)
    )
    return or_(
        col(Product.id).in_(own), col(Product.cycle_id).in_(cycles), col(Product.training_id).in_(events)
    )


def _holds(word: str) -> ColumnElement[bool]:
    """The word stands in title or text, in a recommendation, or in the name of somebody credited."""
    recommended = select(ProductRecommendation.product_id).where(
        *holds_words(word, col(ProductRecommendation.text))
    )
    credited = (
        select(ProductCredit.product_id)
        .join(Person, col(ProductCredit.person_id) == Person.id, isouter=True)
        .where(or_(*holds_words(word, col(ProductCredit.name), col(Person.name))))
    )
    return or_(
        *holds_words(word, col(ProductVersion.title), col(ProductVersion.text)),
        col(Product.id).in_(recommended),
        col(Product.id).in_(credited),
    )


def _load() -> tuple[ORMOption, ...]:
    product = joinedload(ProductVersion.product)  # type: ignore[arg-type]  # SQLModel types relations as their values
    cycle, training = product.joinedload(Product.cycle), product.joinedload(Product.training)  # type: ignore[arg-type]  # as above
    return (
        defer(ProductVersion.text),  # type: ignore[arg-type]  # as above
        product.selectinload(Product.themes),  # type: ignore[arg-type]  # as above
        product.selectinload(Product.credits).joinedload(ProductCredit.person),  # type: ignore[arg-type]  # as above
        *(cycle.joinedload(Cycle.theme), cycle.selectinload(Cycle.cities), cycle.selectinload(Cycle.groups)),  # type: ignore[arg-type]  # as above
        training.joinedload(TrainingEvent.theme),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
    )

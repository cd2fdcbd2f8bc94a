"""Findings as pages and actions need them: one, many by filters, and how far cities are. Reads only.

Who may see what each view asks the policy; nothing here leaves anything out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import shorten

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.conditions import readable_cycles, readable_trainings
from exchange.access.offered_themes import themes_to_offer
from exchange.access.product_things import about, thing_of_product
from exchange.errors import NotFound
from exchange.follow_up.queries import MEMBERS, lesson_options, product_options
from exchange.models import (
    City,
    Cycle,
    ImprovementAction,
    Lesson,
    LessonProgress,
    Product,
    ProductRecommendation,
    TrainingEvent,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.paging import holds_all

_OFFERED_MOST = 200  # exchanges and events to choose from, the newest: a finding is written soon after
_GONE = "There is no such page, or it is not for you to see."
OUTSIDE, OF_CYCLE, OF_TRAINING, OF_PRODUCT = "outside", "cycle", "training", "product"  # where one comes from


@dataclass(frozen=True)
class Filters:
    """What a list of findings shows; "" and None for all."""

    kind: str = ""
    theme_id: int | None = None
    phase: str = ""
    state: str = ""
    source: str = ""  # OUTSIDE, OF_CYCLE, OF_TRAINING, OF_PRODUCT
    search: str = ""


@dataclass(frozen=True)
class Origins:
    """What a form offers: themes, exchanges, events, products and cities, as ids with their names."""

    themes: Sequence[tuple[int, str]]
    cycles: Sequence[tuple[int, str]]
    trainings: Sequence[tuple[int, str]]
    products: Sequence[tuple[int, str]]
    cities: Sequence[tuple[int, str]]


def lesson(session: Session, lesson_id: int, *, locks: bool = False) -> Lesson:
    """One finding with what rights need; locked until the transaction ends if asked. Raises NotFound."""
    row = select(col(Lesson.id)).where(col(Lesson.id) == lesson_id)
    if session.exec(row.with_for_update() if locks else row).first() is None:
        raise NotFound(_GONE)
    return session.exec(select(Lesson).where(col(Lesson.id) == lesson_id).options(*lesson_options())).one()


def lessons_found(session: Session, filters: Filters) -> list[Lesson]:
    """The findings that the filters let through, by source and number, the newest source first."""
    statement = (
        select(Lesson).options(*lesson_options()).order_by(col(Lesson.created_at).desc(), col(Lesson.id))
    )
    asked = {"kind": filters.kind, "phase": filters.phase, "state": filters.state}
    for name, value in asked.items():
        if value:
            statement = statement.where(getattr(Lesson, name) == value)
    if filters.theme_id is not None:
        statement = statement.where(Lesson.theme_id == filters.theme_id)
    of = {OF_CYCLE: Lesson.cycle_id, OF_TRAINING: Lesson.training_id, OF_PRODUCT: Lesson.product_id}
    if filters.source in of:
        statement = statement.where(col(of[filters.source]).is_not(None))
    elif filters.source == OUTSIDE:
        statement = statement.where(*(col(column).is_(None) for column in of.values()))
    words = filters.search.casefold().split()
    return [
        one for one in session.exec(statement) if holds_all(f"{one.title} {one.text} {one.source}", words)
    ]


def recommendation(session: Session, product_id: int, number: int) -> ProductRecommendation | None:
    """One of a product's recommendations, with the product."""
    return session.exec(
        select(ProductRecommendation)
        .where(ProductRecommendation.product_id == product_id, ProductRecommendation.number == number)
        .options(joinedload(ProductRecommendation.product))  # type: ignore[arg-type]  # as above
    ).first()


def recommendations_of(session: Session, products: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    """What a finding may begin from: "12.3" and words for recommendation 3 of each product offered."""
    titles = dict(products)
    found = session.exec(
        select(ProductRecommendation).where(col(ProductRecommendation.product_id).in_(titles))
    )
    place = {number: at for at, number in enumerate(titles)}
    rows = sorted(found, key=lambda one: (place[one.product_id], one.number))
    return [
        (f"{one.product_id}.{one.number}", f"{titles[one.product_id]}, {one.number}: {shorten(one.text, 80)}")
        for one in rows
    ]


def progress_of(session: Session, lesson_ids: Collection[int]) -> dict[tuple[int, int], LessonProgress]:
    """What cities said of some findings, by finding and city."""
    found = session.exec(
        select(LessonProgress)
        .where(col(LessonProgress.lesson_id).in_(lesson_ids))
        .options(joinedload(LessonProgress.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
    )
    return {(row.lesson_id, row.city_id): row for row in found}


def member_cities(session: Session, on: date) -> list[City]:
    """The cities that are lead or member on a date, by name, with their memberships."""
    cities = session.exec(
        select(City).options(selectinload(City.memberships)).order_by(col(City.name))  # type: ignore[arg-type]  # as above
    )
    return [city for city in cities if city.status_on(on) in MEMBERS]


def member_city(session: Session, city_id: int, on: date) -> City:
    """One of them. Raises NotFound for any other."""
    found = next((city for city in member_cities(session, on) if city.id == city_id), None)
    if found is None:
        raise NotFound(_GONE)
    return found


def origins(
    session: Session, standing: Standing, on: date, keep: Lesson | ImprovementAction | None = None
) -> Origins:
    """What a form offers to who stands so; an origin that is saved already is offered in any case."""
    cycles = session.exec(
        select(Cycle)
        .where(readable_cycles(standing))
        .order_by(col(Cycle.starts_on).desc(), col(Cycle.id))
        .limit(_OFFERED_MOST)
    ).all()
    trainings = session.exec(
        select(TrainingEvent)
        .where(readable_trainings(standing))
        .order_by(col(TrainingEvent.on_local).desc(), col(TrainingEvent.id))
        .limit(_OFFERED_MOST)
    ).all()
    person = standing.person_id
    found_cycles = {
        one.id: one.title for one in cycles if one.marking != Marking.RED or person in one.named_ids
    }
    found_trainings = {
        one.id: one.title for one in trainings if one.marking != Marking.RED or person in one.named_ids
    }
    products = {one.id: title_of(one) for one in _products(session, standing)}
    if isinstance(keep, Lesson) and keep.product:
        products[keep.product_id] = title_of(keep.product)
    if keep is not None and keep.cycle:
        found_cycles[keep.cycle_id] = keep.cycle.title
    if keep is not None and keep.training:
        found_trainings[keep.training_id] = keep.training.title
    return Origins(
        themes=themes_to_offer(session),
        cycles=[(number or 0, title) for number, title in found_cycles.items()],
        trainings=[(number or 0, title) for number, title in found_trainings.items()],
        products=[(number or 0, title) for number, title in products.items()],
        cities=[(city.id or 0, city.name) for city in member_cities(session, on)],
    )


def title_of(product: Product) -> str:
    """The title of the version that is out, or of the last one while none is; needs its versions."""
    out = [one for one in product.versions if one.number == product.published_number]
    return (out or product.versions[-1:])[0].title if product.versions else ""


def _products(session: Session, standing: Standing) -> list[Product]:
    """What is out and open to who stands so, the newest first."""
    found = session.exec(
        select(Product)
        .where(col(Product.published_at).is_not(None), col(Product.withdrawn_at).is_(None))
        .options(
            *product_options(),
        )
        .order_by(col(Product.published_at).desc(), col(Product.id))
        .limit(_OFFERED_MOST)
    ).unique()
    return [one for one in found if may(standing, Right.READ, thing_of_product(one, about(one)))]

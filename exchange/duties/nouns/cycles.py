"""The duties of thematic exchanges: stages, the answers that were asked for, and reviews."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import func
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.product_things import thing_of_review
from exchange.access.things import is_deputy, thing_of_cycle, thing_of_held_task
from exchange.answering.answer_status import Asked, answers_due
from exchange.answering.asks import tasks_by_id
from exchange.answering.product_status import IS_NOTE, products_of, reviewers_who_spoke
from exchange.duties.cycle_facts import Evidence, facts_of, review_of
from exchange.duties.listed import Listed, Window
from exchange.models import (
    Cycle,
    Letter,
    LetterState,
    Person,
    Product,
    ProductReviewer,
    Stage,
)
from exchange.rules.access.policy import Right
from exchange.rules.access.things import Thing
from exchange.rules.duties.cycle_stages import CycleFacts, Holder, answer_duty, stage_duties

STAGE, ANSWER, REVIEW = "stage", "answer", "review"  # kinds of config/duties.toml
# How far from the end of a stage its answers and its review may be due: they can be extended.
_EXTENDED_MOST = timedelta(days=28)


def duties_of_cycles(session: Session, window: Window) -> Iterator[Listed]:
    """What the published exchanges owe a stage of which is near the window."""
    cycles = {cycle.id or 0: cycle for cycle in _cycles(session, window)}
    if not cycles:
        return
    holder_id = None if window.reader is None else window.reader.standing.person_id
    days = window.first_on, window.last_on
    asked = answers_due(session, cycles.values(), window.plans.stages, days, holder_id=holder_id)
    owes_stages = window.reader is None or window.reader.has_part
    happened = _happened(session, list(cycles) if owes_stages else [])
    near = [
        _Near(cycle, facts_of(cycle, window.plans.stages, happened.get(cycle_id, Evidence())))
        for cycle_id, cycle in cycles.items()
    ]
    for one in near if owes_stages else []:
        for duty in stage_duties(one.facts):
            yield Listed(duty, STAGE, one.thing, one.page)
    of = {one.facts.id: one for one in near}
    yield from _answers(session, asked, of)
    yield from _reviews(session, window, of)


@dataclass(frozen=True)
class _Near:
    """An exchange near the window, and what it owes by."""

    cycle: Cycle
    facts: CycleFacts

    @property
    def page(self) -> str:
        """The path of its page."""
        return f"/cycles/{self.facts.id}"

    @cached_property
    def thing(self) -> Thing:
        """The exchange as the policy asks about it, made once for all who owe it something."""
        return thing_of_cycle(self.cycle)


def _happened(session: Session, cycle_ids: list[int]) -> dict[int, Evidence]:
    """What happened in the exchanges that have a product or sent a letter."""
    left: dict[int, dict[str, datetime]] = {}
    for cycle_id, kind, at in session.exec(
        select(Letter.cycle_id, Letter.kind, func.min(Letter.sent_at))
        .where(col(Letter.cycle_id).in_(cycle_ids), Letter.state == LetterState.SENT)
        .group_by(col(Letter.cycle_id), col(Letter.kind))
    ):
        if cycle_id is not None and at is not None:
            left.setdefault(cycle_id, {})[kind] = at
    products = products_of(session, cycle_ids)
    return {
        cycle_id: Evidence(products.get(cycle_id), left.get(cycle_id, {})) for cycle_id in {*left, *products}
    }


def _answers(session: Session, asked: Iterable[Asked], near: Mapping[int, _Near]) -> Iterator[Listed]:
    """Those that were asked for and not called off, of whoever holds the task."""
    held = [one for one in asked if not one.is_done]
    handed_on = [one.addressee_id for one in held if one.holder.id != one.person.id]
    passed_on = {key for key, task in tasks_by_id(session, handed_on).items() if is_deputy(task)}
    for one in held:
        of = near[one.cycle_id or 0]
        duty = answer_duty(
            of.facts,
            addressee_id=one.addressee_id,
            party=one.party_name,
            holder=Holder(one.holder.id, one.last_on, one.holder.time_zone),
            answered_at=one.answered_at,
        )
        thing = thing_of_held_task(
            of.cycle,
            for_city=one.city_id,
            for_group=one.group_id,
            holder_id=one.holder.id,
            is_passed_on=one.addressee_id in passed_on,
            container=of.thing,  # its page asks for the right to know of it, whoever handed the task on
        )
        yield Listed(duty, ANSWER, thing, f"{of.page}/answers", Right.ANSWER)


def _reviews(session: Session, window: Window, near: Mapping[int, _Near]) -> Iterator[Listed]:
    """Those of reviewers who have not spoken, while the product is in review."""
    ids = list(near)
    reviewers = (
        select(ProductReviewer)
        .join(Product)
        .where(col(Product.cycle_id).in_(ids), IS_NOTE)
        .options(
            joinedload(ProductReviewer.product).selectinload(Product.versions),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(ProductReviewer.product).selectinload(Product.credits),  # type: ignore[arg-type]  # as above
            joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        )
    )
    if window.reader is not None:
        reviewers = reviewers.where(ProductReviewer.person_id == window.reader.standing.person_id)
    asked = session.exec(reviewers).all()
    spoke = reviewers_who_spoke(session, ids) if asked else set()
    for one in asked:
        of = near[one.product.cycle_id or 0]
        duty = review_of(one, of.facts)
        if duty is not None and (of.facts.id, one.person_id) not in spoke:
            thing = thing_of_review(one, of.cycle)
            yield Listed(duty, REVIEW, thing, f"{of.page}/review", Right.REVIEW)


def _cycles(session: Session, window: Window) -> list[Cycle]:
    """Published exchanges, a stage of which is due near the window."""
    near = select(Stage.cycle_id).where(
        col(Stage.ends_on) >= window.first_on - _EXTENDED_MOST, col(Stage.starts_on) <= window.last_on
    )
    found = session.exec(
        select(Cycle)
        .where(
            col(Cycle.id).in_(near),
            col(Cycle.published_at).is_not(None),
            col(Cycle.cancelled_at).is_(None),
            col(Cycle.postponed_at).is_(None),
        )
        .options(
            joinedload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.stages),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.sittings),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Cycle.starts_on), col(Cycle.id))
    )
    return list(found)

"""The duties of one person, out of what events and exchanges owe within a window of days. Reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.things import thing_of_cycle, thing_of_review, thing_of_task, thing_of_training
from exchange.answering.answer_status import AnswerStatus, answer_status
from exchange.answering.asks import tasks_by_id
from exchange.answering.product_status import products_of, reviewers_who_spoke
from exchange.attendance.owed import attendance_owed
from exchange.desk.asked import asked_duties
from exchange.desk.cycle_facts import Evidence, facts_of, review_of
from exchange.desk.nominations_owed import nominations_owed
from exchange.desk.owing import Reader, owes
from exchange.models import (
    Cycle,
    ExpertGroup,
    GroupMember,
    Letter,
    LetterState,
    Membership,
    Person,
    PersonRole,
    Preparation,
    PreparationStep,
    Product,
    ProductReviewer,
    Role,
    Stage,
    TrainingEvent,
)
from exchange.preparation.queries import prepared_events
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.duties.cycle_stages import CycleFacts, Holder, answer_duty, stage_duties
from exchange.rules.duties.duty import OWED, Duty, State, in_order, state
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.timezones import wall_time

LOOK_AHEAD = timedelta(days=28)
# What is later than that is no longer asked of anybody by a list: it is looked at on its own page.
LATE_MOST = timedelta(days=56)
_MEETINGS_BACK, _A_DAY = LATE_MOST + timedelta(days=14), timedelta(days=1)
_EVENTS_BACK, _EVENTS_AHEAD = timedelta(days=100) + LATE_MOST, timedelta(days=190) + LOOK_AHEAD


@dataclass(frozen=True)
class Plans:
    """What duties are counted by: the stage plan of exchanges and the profiles of events."""

    stages: StagePlan
    profiles: Profiles


@dataclass(frozen=True)
class Owed:
    """One duty of the reader with its state; what is done or void is none."""

    duty: Duty
    state: State

    @property
    def is_now(self) -> bool:
        """Whether they can do something about it today."""
        return self.state in OWED


@dataclass(frozen=True)
class _Window:
    """The moment looked at, and the date it has in the reader's city."""

    today: date
    now: datetime


def owed_by(session: Session, person: Person, standing: Standing, plans: Plans, now: datetime) -> list[Owed]:
    """What the person owes from eight weeks ago to four weeks ahead, by day.

    Nothing of what the person may not know of now.
    """
    reader = Reader(standing, _chairs(session, person.id or 0))
    today = wall_time(now, person.city.time_zone).on
    window = _Window(today, now)
    found = [
        *_of_trainings(session, reader, plans, window),
        *attendance_owed(session, standing, (today - _MEETINGS_BACK, today + _A_DAY), now),
        *_of_cycles(session, reader, plans, window),
        *nominations_owed(session, standing),
        *asked_duties(session, standing, plans.stages, today - LATE_MOST),
    ]
    mine = (one for one in found if owes(reader, one.owner) and _is_near(one, today))
    looked = [Owed(one, state(one, now)) for one in in_order(mine)]
    return [one for one in looked if one.state not in {State.DONE, State.VOID}]


def _is_near(duty: Duty, today: date) -> bool:
    return today - LATE_MOST <= duty.due_on <= today + LOOK_AHEAD


def _of_trainings(session: Session, reader: Reader, plans: Plans, window: _Window) -> Iterator[Duty]:
    today = window.today
    day = col(TrainingEvent.on_local)
    which = (
        (day >= today - _EVENTS_BACK)
        & (day <= today + _EVENTS_AHEAD)
        & col(TrainingEvent.cancelled_at).is_(None)
        & col(TrainingEvent.postponed_at).is_(None)
        & or_(*_may_owe(reader, today))
    )
    for found in prepared_events(session, which, plans.profiles, window.now):
        if may(reader.standing, Right.READ, thing_of_training(found.training)):
            yield from (line.duty for line in found.lines)


def _may_owe(reader: Reader, today: date) -> Iterator[ColumnElement[bool]]:
    """Events of their city or with a milestone of theirs; for planners, those whose host may have no lead."""
    host = col(TrainingEvent.host_city_id)
    given = (
        select(Preparation.training_id)
        .join(PreparationStep)
        .where(PreparationStep.owner_id == reader.standing.person_id)
    )
    yield col(TrainingEvent.id).in_(given)
    yield host.in_(reader.standing.leads)
    if reader.standing.plans:
        yield host.not_in(_led(today))
        yield col(TrainingEvent.marking) == Marking.RED  # its lead may not be named on it


def _led(today: date) -> SelectOfScalar[int]:
    """The cities that surely have a lead: of the network the day before and after, on whosever wall it is."""
    a_day = timedelta(days=1)
    return (
        select(Person.city_id)
        .join(PersonRole)
        .join(Membership, col(Membership.city_id) == Person.city_id)
        .where(
            PersonRole.role == Role.CITY_LEAD,
            col(Person.is_active),
            or_(col(Membership.starts_on).is_(None), col(Membership.starts_on) <= today - a_day),
            or_(col(Membership.ends_on).is_(None), col(Membership.ends_on) >= today + a_day),
        )
    )


def _of_cycles(session: Session, reader: Reader, plans: Plans, window: _Window) -> Iterator[Duty]:
    cycles = [
        cycle
        for cycle in _cycles(session, window.today)
        if may(reader.standing, Right.READ, thing_of_cycle(cycle))
    ]
    if not cycles:
        return
    status = answer_status(session, cycles, plans.stages)
    happened = _happened(session, [cycle.id or 0 for cycle in cycles])
    facts = {
        cycle.id or 0: facts_of(cycle, plans.stages, happened.get(cycle.id or 0, Evidence()))
        for cycle in cycles
    }
    for one in facts.values():
        yield from stage_duties(one)
    by_id = {cycle.id or 0: cycle for cycle in cycles}
    yield from _answers(session, reader, status, by_id, facts)
    yield from _reviews(session, reader, by_id, facts)


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


def _answers(
    session: Session,
    reader: Reader,
    status: AnswerStatus,
    cycles: Mapping[int, Cycle],
    facts: Mapping[int, CycleFacts],
) -> Iterator[Duty]:
    """Those of the reader, while they may give them."""
    held = [one for one in status.asked if one.holder.id == reader.standing.person_id and not one.is_done]
    tasks = tasks_by_id(session, [one.addressee_id for one in held]) if held else {}
    for one in held:
        thing = thing_of_task(tasks[one.addressee_id], cycles[one.cycle_id or 0])
        if may(reader.standing, Right.ANSWER, thing):
            holder = Holder(one.holder.id, one.last_on, one.holder.time_zone)
            yield answer_duty(
                facts[one.cycle_id or 0],
                addressee_id=one.addressee_id,
                party=one.party_name,
                holder=holder,
                answered_at=one.answered_at,
            )


def _reviews(
    session: Session, reader: Reader, cycles: Mapping[int, Cycle], facts: Mapping[int, CycleFacts]
) -> Iterator[Duty]:
    """Those of the reader, while the product is in review and they may review it."""
    ids = list(cycles)
    asked = session.exec(
        select(ProductReviewer)
        .join(Product)
        .where(col(Product.cycle_id).in_(ids), ProductReviewer.person_id == reader.standing.person_id)
        .options(
            joinedload(ProductReviewer.product).selectinload(Product.versions),  # type: ignore[arg-type]  # as above
            joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        )
    ).all()
    spoke = reviewers_who_spoke(session, ids) if asked else set()
    for one in asked:
        cycle = facts[one.product.cycle_id]
        duty = review_of(one, cycle)
        is_theirs = may(reader.standing, Right.REVIEW, thing_of_review(one, cycles[cycle.id]))
        if is_theirs and duty is not None and (cycle.id, one.person_id) not in spoke:
            yield duty


def _cycles(session: Session, today: date) -> list[Cycle]:
    """Published exchanges, a stage of which was or will be due near today."""
    near = select(Stage.cycle_id).where(
        col(Stage.ends_on) >= today - LATE_MOST, col(Stage.starts_on) <= today + LOOK_AHEAD
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


def _chairs(session: Session, person_id: int) -> frozenset[int]:
    """The groups the person chairs, and those without a chair in which they sit."""
    chaired = select(GroupMember.group_id).where(col(GroupMember.is_chair))
    seats = session.exec(
        select(ExpertGroup.id)
        .join(GroupMember)
        .where(
            GroupMember.person_id == person_id,
            or_(col(GroupMember.is_chair), col(ExpertGroup.id).not_in(chaired)),
        )
    )
    return frozenset(group_id or 0 for group_id in seats)

"""Who of those asked has answered, who is silent, and until when: derived from what is stored.

It changes nothing. People who were not asked yet have no row; is_silent answers for them, too.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy import ColumnElement, Row, select, true
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col

from exchange.answering.ask_days import closes_at, due_day_of, of_plans
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    City,
    Contribution,
    Cycle,
    Person,
)
from exchange.rules.programme.stage_plan import CycleAsk, StagePlan
from exchange.rules.time.answer_deadlines import last_day

Key = TypeVar("Key")

_OF_ADDRESSEES = (
    col(AskAddressee.id),
    col(AskAddressee.party_id),
    col(AskAddressee.person_id),
    col(AskAddressee.holder_id),
    col(AskAddressee.extended_on),
    col(AskAddressee.asked_at),
)
_OF_PEOPLE = (
    col(Person.id),
    col(Person.name),
    col(City.name),
    col(City.time_zone),
)
_OF_CONTRIBUTIONS = (  # not what they say
    col(Contribution.party_id),
    col(Contribution.addressee_id),
    col(Contribution.submitted_at),
)


@dataclass(frozen=True)
class AskedPerson:
    """Who is asked or answers, as far as lists tell: their city, and its clock."""

    id: int
    name: str
    city: str
    time_zone: str


@dataclass(frozen=True)
class Asked:
    """One person asked for one city or group, or by themselves, as things stand.

    ``holder`` is who answers: the person, or the deputy the link was passed to; letters go there.
    ``last_on`` counts extensions; ``closes_at`` is its end on the holder's wall. Of a city one
    answer counts for all its people. ``cycle_id`` and ``kind`` None for an ask that no stage plan makes.
    """

    ask_id: int
    cycle_id: int | None
    kind: CycleAsk | None
    party_id: int
    party_name: str
    city_id: int | None
    group_id: int | None
    addressee_id: int
    person: AskedPerson
    holder: AskedPerson
    asked_at: datetime
    last_on: date
    closes_at: datetime
    answered_at: datetime | None
    has_draft: bool
    is_done: bool

    @property
    def is_silent(self) -> bool:
        """Whether an answer is still awaited: none was handed in and nobody said that none will come."""
        return self.answered_at is None and not self.is_done

    @property
    def is_passed_on(self) -> bool:
        """Whether somebody else holds the link now."""
        return self.holder.id != self.person.id


@dataclass(frozen=True)
class AnswerStatus:
    """Everybody asked in some cycles, in the order they were asked."""

    asked: Sequence[Asked]

    @cached_property
    def _by_cycle(self) -> dict[int | None, list[Asked]]:
        return _grouped(self.asked, lambda one: one.cycle_id)

    @cached_property
    def _by_holder(self) -> dict[tuple[int | None, CycleAsk | None, int], list[Asked]]:
        return _grouped(self.asked, lambda one: (one.cycle_id, one.kind, one.holder.id))

    @cached_property
    def _persons(self) -> set[tuple[int | None, CycleAsk | None, int]]:
        return {(one.cycle_id, one.kind, one.person.id) for one in self.asked}

    @cached_property
    def _passed_on(self) -> set[tuple[int | None, CycleAsk | None, int]]:
        return {(one.cycle_id, one.kind, one.person.id) for one in self.asked if one.is_passed_on}

    @cached_property
    def _answered(self) -> set[tuple[int | None, CycleAsk | None, int]]:
        """Cities whose answer is there, by cycle and kind."""
        done = (one for one in self.asked if one.city_id and not one.is_silent)
        return {(one.cycle_id, one.kind, one.city_id or 0) for one in done}

    def of_cycle(self, cycle_id: int) -> list[Asked]:
        """Those of one cycle."""
        return self._by_cycle.get(cycle_id, [])

    def held_by(self, cycle_id: int, kind: CycleAsk, person_id: int) -> list[Asked]:
        """What a person has to answer in a cycle: once for their city, once for each group."""
        return self._by_holder.get((cycle_id, kind, person_id), [])

    def has_passed_on(self, cycle_id: int, kind: CycleAsk, person_id: int) -> bool:
        """Whether a person who was asked handed an answer to a deputy, which is a word of theirs, too."""
        return (cycle_id, kind, person_id) in self._passed_on

    def is_silent(self, cycle_id: int, kind: CycleAsk, person: Person) -> bool:
        """Whether a person still owes an answer, so that a reminder has a reason.

        Not who handed their link on, and nobody of a city that has answered; yes for somebody
        who was not asked yet.
        """
        held = self.held_by(cycle_id, kind, person.id or 0)
        if held:
            return any(one.is_silent for one in held)
        if (cycle_id, kind, person.id or 0) in self._persons:
            return False  # the deputy owes it now
        return (cycle_id, kind, person.city_id) not in self._answered


@dataclass(frozen=True)
class _Party:
    """A city, a group or people who were asked, and by when, before anybody extends it."""

    ask: Ask
    cycle_id: int | None
    kind: CycleAsk | None
    name: str
    city_id: int | None
    group_id: int | None
    due_on: date
    extended_on: date | None
    is_done: bool


def _grouped(asked: Iterable[Asked], key: Callable[[Asked], Key]) -> dict[Key, list[Asked]]:
    found: dict[Key, list[Asked]] = {}
    for one in asked:
        found.setdefault(key(one), []).append(one)
    return found


def answer_status(session: Session, cycles: Iterable[Cycle], plan: StagePlan) -> AnswerStatus:
    """Who was asked by the stage plan in the cycles and how they stand, in a fixed number of statements.

    Needs the cycles' stages loaded. A stage the cycle does not have means its last day.
    """
    return _status(session, _of_cycles(session, cycles, plan), true())


def answers_due(
    session: Session,
    cycles: Iterable[Cycle],
    plan: StagePlan,
    days: tuple[date, date],
    *,
    holder_id: int | None = None,
) -> Sequence[Asked]:
    """Of the same, those whose last day is among ``days``, both included; of one holder, if given."""
    parties, (first_on, last_on) = _of_cycles(session, cycles, plan), days
    last_days = {key: last_day(one.due_on, one.extended_on) for key, one in parties.items()}
    near = [key for key, on in last_days.items() if first_on <= on <= last_on]
    which = col(AskAddressee.party_id).in_(near) | col(AskAddressee.extended_on).is_not(None)
    if holder_id is not None:
        which &= col(AskAddressee.holder_id) == holder_id
    asked = _status(session, parties, which).asked
    return [one for one in asked if first_on <= one.last_on <= last_on]


def status_of_asks(session: Session, asks: Iterable[Ask], plan: StagePlan) -> AnswerStatus:
    """The same of some asks, whatever they are about; of a cycle's own its stages are loaded."""
    return _status(session, _parties(session, col(Ask.id).in_([ask.id for ask in asks]), plan), true())


def _of_cycles(session: Session, cycles: Iterable[Cycle], plan: StagePlan) -> dict[int, _Party]:
    return _parties(session, of_plans() & col(Ask.cycle_id).in_([cycle.id for cycle in cycles]), plan)


def _status(session: Session, parties: Mapping[int, _Party], whose: ColumnElement[bool]) -> AnswerStatus:
    asked = session.execute(
        select(*_OF_ADDRESSEES)
        .where(col(AskAddressee.party_id).in_(parties), whose)
        .order_by(col(AskAddressee.id))
    ).all()
    people = _people(session, {person_id for row in asked for person_id in (row.person_id, row.holder_id)})
    answers = _answers(session, {row.party_id for row in asked})
    return AnswerStatus([_asked(row, parties[row.party_id], people, answers) for row in asked])


def _parties(session: Session, which: ColumnElement[bool], plan: StagePlan) -> dict[int, _Party]:
    """Those who were asked together, by id; their cycles are in the session already."""
    rows = session.scalars(
        select(AskParty)
        .join(Ask, col(AskParty.ask_id) == Ask.id)
        .where(which)
        .options(
            joinedload(AskParty.ask),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(AskParty.city),  # type: ignore[arg-type]  # as above
            joinedload(AskParty.group),  # type: ignore[arg-type]  # as above
        )
    )
    return {row.id or 0: _party(row, plan) for row in rows}


def _party(row: AskParty, plan: StagePlan) -> _Party:
    return _Party(
        ask=row.ask,
        cycle_id=row.ask.cycle_id if row.ask.is_of_plan else None,
        kind=CycleAsk.of(row.ask.template) if row.ask.is_of_plan else None,
        name=party_name(row),
        city_id=row.city_id,
        group_id=row.group_id,
        due_on=due_day_of(row.ask, plan),
        extended_on=row.extended_on,
        is_done=row.done_at is not None,
    )


def _people(session: Session, ids: Collection[int]) -> dict[int, AskedPerson]:
    """Those of hundreds of people: plain values, by id."""
    rows = session.execute(
        select(*_OF_PEOPLE).join(City, col(Person.city_id) == City.id).where(col(Person.id).in_(ids))
    )
    return {person_id: AskedPerson(person_id, name, city, zone) for person_id, name, city, zone in rows}


def _answers(session: Session, party_ids: Collection[int]) -> dict[tuple[int, int | None], datetime | None]:
    """When each was handed in, None for a draft: by party and, for members of groups, addressee."""
    found = session.execute(select(*_OF_CONTRIBUTIONS).where(col(Contribution.party_id).in_(party_ids)))
    return {(row.party_id, row.addressee_id): row.submitted_at for row in found}


def _asked(
    row: Row[int, int, int, int, date | None, datetime],
    party: _Party,
    people: Mapping[int, AskedPerson],
    answers: Mapping[tuple[int, int | None], datetime | None],
) -> Asked:
    key = (row.party_id, None if party.city_id else row.id)
    holder = people[row.holder_id]
    last_on = last_day(party.due_on, party.extended_on, row.extended_on)
    return Asked(
        ask_id=party.ask.id or 0,
        cycle_id=party.cycle_id,
        kind=party.kind,
        party_id=row.party_id,
        party_name=party.name,
        city_id=party.city_id,
        group_id=party.group_id,
        addressee_id=row.id,
        person=people[row.person_id],
        holder=holder,
        asked_at=row.asked_at,
        last_on=last_on,
        closes_at=closes_at(party.ask, last_on, holder.time_zone),
        answered_at=answers.get(key),
        has_draft=key in answers and answers[key] is None,
        is_done=party.is_done,
    )


def party_name(party: AskParty) -> str:
    """The city's or the group's name, "" for people by themselves; needs both loaded."""
    return party.city.name if party.city else party.group.name if party.group else ""

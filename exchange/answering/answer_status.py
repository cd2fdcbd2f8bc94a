"""Who of those asked has answered, who is silent, and until when: derived from what is stored.

It changes nothing. People who were not asked yet have no row; is_silent answers for them, too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.models import (
    Contribution,
    Cycle,
    Person,
    Prompt,
    PromptAddressee,
    PromptParty,
)
from exchange.rules.programme.cycles import due_on
from exchange.rules.programme.stage_plan import PromptKind, StagePlan
from exchange.rules.time.answer_deadlines import closes_at, last_day

Key = TypeVar("Key")


@dataclass(frozen=True)
class Asked:
    """One person asked for one city or group, as things stand.

    ``holder`` is who answers: the person, or the deputy the link was passed to; letters go there.
    ``last_on`` counts extensions; ``closes_at`` is its end on the holder's wall. Of a city one
    answer counts for all its people.
    """

    cycle_id: int
    kind: PromptKind
    party_id: int
    party_name: str
    city_id: int | None
    group_id: int | None
    addressee_id: int
    person: Person
    holder: Person
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
    def _by_cycle(self) -> dict[int, list[Asked]]:
        return _grouped(self.asked, lambda one: one.cycle_id)

    @cached_property
    def _by_holder(self) -> dict[tuple[int, PromptKind, int], list[Asked]]:
        return _grouped(self.asked, lambda one: (one.cycle_id, one.kind, one.holder.id or 0))

    @cached_property
    def _persons(self) -> set[tuple[int, PromptKind, int]]:
        return {(one.cycle_id, one.kind, one.person.id or 0) for one in self.asked}

    @cached_property
    def _answered(self) -> set[tuple[int, PromptKind, int]]:
        """Cities whose answer is there, by cycle and kind."""
        done = (one for one in self.asked if one.city_id and not one.is_silent)
        return {(one.cycle_id, one.kind, one.city_id or 0) for one in done}

    def of_cycle(self, cycle_id: int) -> list[Asked]:
        """Those of one cycle."""
        return self._by_cycle.get(cycle_id, [])

    def held_by(self, cycle_id: int, kind: PromptKind, person_id: int) -> list[Asked]:
        """What a person has to answer in a cycle: once for their city, once for each group."""
        return self._by_holder.get((cycle_id, kind, person_id), [])

    def is_silent(self, cycle_id: int, kind: PromptKind, person: Person) -> bool:
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


def _grouped(asked: Iterable[Asked], key: Callable[[Asked], Key]) -> dict[Key, list[Asked]]:
    found: dict[Key, list[Asked]] = {}
    for one in asked:
        found.setdefault(key(one), []).append(one)
    return found


def answer_status(session: Session, cycles: Iterable[Cycle], plan: StagePlan) -> AnswerStatus:
    """Who was asked in the cycles and how they stand, in a fixed number of statements.

    Needs the cycles' stages loaded. A stage the cycle does not have means its last day.
    """
    by_id = {cycle.id or 0: cycle for cycle in cycles}
    addressees = _addressees(session, by_id)
    contributions = _contributions(session, {one.party_id for one in addressees})
    return AnswerStatus([_asked(one, by_id, contributions, plan) for one in addressees])


def due_day(cycle: Cycle, plan: StagePlan, kind: PromptKind) -> date:
    """The day by which the cycle's answers are due before anybody extends it; needs the stages loaded."""
    rule = plan.prompt(kind)
    stage = next((stage for stage in cycle.stages if stage.key == rule.closes), None)
    return due_on(stage) if stage else cycle.ends_on


def _addressees(session: Session, cycles: dict[int, Cycle]) -> Sequence[PromptAddressee]:
    party = joinedload(PromptAddressee.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(
        select(PromptAddressee)
        .join(PromptParty, col(PromptAddressee.party_id) == PromptParty.id)
        .join(Prompt, col(PromptParty.prompt_id) == Prompt.id)
        .where(col(Prompt.cycle_id).in_(cycles))
        .options(
            party.joinedload(PromptParty.prompt),  # type: ignore[arg-type]  # as above
            party.joinedload(PromptParty.city),  # type: ignore[arg-type]  # as above
            party.joinedload(PromptParty.group),  # type: ignore[arg-type]  # as above
            joinedload(PromptAddressee.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
            joinedload(PromptAddressee.holder).joinedload(Person.city),  # type: ignore[arg-type]  # as above
            joinedload(PromptAddressee.person).selectinload(Person.roles),  # type: ignore[arg-type]  # as above
            joinedload(PromptAddressee.holder).selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(PromptAddressee.id))
    ).all()


def _contributions(session: Session, party_ids: set[int]) -> dict[tuple[int, int | None], Contribution]:
    """By party and, for members of groups, addressee."""
    found = session.exec(select(Contribution).where(col(Contribution.party_id).in_(party_ids)))
    return {(one.party_id, one.addressee_id): one for one in found}


def _asked(
    addressee: PromptAddressee,
    cycles: dict[int, Cycle],
    contributions: dict[tuple[int, int | None], Contribution],
    plan: StagePlan,
) -> Asked:
    party = addressee.party
    kind = PromptKind(party.prompt.kind)
    cycle = cycles[party.prompt.cycle_id]
    of = addressee.id if kind is PromptKind.GROUPS else None
    contribution = contributions.get((party.id or 0, of))
    last_on = last_day(due_day(cycle, plan, kind), party.extended_on, addressee.extended_on)
    return Asked(
        cycle_id=party.prompt.cycle_id,
        kind=kind,
        party_id=party.id or 0,
        party_name=party_name(party),
        city_id=party.city_id,
        group_id=party.group_id,
        addressee_id=addressee.id or 0,
        person=addressee.person,
        holder=addressee.holder,
        asked_at=addressee.asked_at,
        last_on=last_on,
        closes_at=closes_at(last_on, addressee.holder.city.time_zone),
        answered_at=contribution.submitted_at if contribution else None,
        has_draft=contribution is not None and contribution.submitted_at is None,
        is_done=party.done_at is not None,
    )


def party_name(party: PromptParty) -> str:
    """The city's or the group's name; needs both loaded."""
    return party.city.name if party.city else party.group.name if party.group else ""

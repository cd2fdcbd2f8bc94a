"""Who holds a cycle up: each city and each group that was asked, who is silent, and when they heard last.

It writes nothing; nudging is actions'.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.answering.answer_status import AnswerStatus, Asked, answer_status
from exchange.errors import NotFound
from exchange.models import Chase, Cycle, Letter, LetterState, gave_week_back, is_of_kind
from exchange.rules.programme.stage_plan import CycleAsk, StagePlan


@dataclass(frozen=True)
class Chased:
    """When a chasing letter left or leaves for somebody, and the week it has."""

    at: datetime
    week: str


@dataclass(frozen=True)
class Party:
    """A city or a group that was asked, with everybody who was asked for it.

    ``unread`` are the people whose letter with the questions has not left yet.
    """

    party_id: int
    kind: CycleAsk
    name: str
    last_on: date
    asked: Sequence[Asked]
    chased: dict[int, Chased]
    unread: frozenset[int] = frozenset()

    @property
    def silent(self) -> list[Asked]:
        """Who still owes an answer."""
        return [one for one in self.asked if one.is_silent]

    @property
    def told(self) -> list[Asked]:
        """Who is silent and can be reminded: the letter with the questions has left."""
        return [one for one in self.silent if one.holder.id not in self.unread]

    @property
    def last_chased(self) -> Chased | None:
        """The last chasing letter to anybody who is silent here."""
        found = [self.chased[one.holder.id] for one in self.silent if one.holder.id in self.chased]
        return max(found, key=lambda one: one.at, default=None)


@dataclass(frozen=True)
class HoldUps:
    """A cycle with its cities and groups, those that are silent first."""

    cycle: Cycle
    cities: list[Party]
    groups: list[Party]

    def party(self, party_id: int) -> Party:
        """One of them. Raises NotFound."""
        for one in (*self.cities, *self.groups):
            if one.party_id == party_id:
                return one
        raise NotFound("Nobody was asked there.")


def cycle_with_stages(session: Session, cycle_id: int) -> Cycle:
    """The cycle, as far as telling who holds it up asks of it. Raises NotFound."""
    stages = selectinload(Cycle.stages)  # type: ignore[arg-type]  # SQLModel types relations as their values
    found = session.exec(select(Cycle).where(col(Cycle.id) == cycle_id).options(stages)).first()
    if found is None:
        raise NotFound("There is no such cycle.")
    return found


def hold_ups(session: Session, cycle: Cycle, *, plan: StagePlan) -> HoldUps:
    """Who holds the cycle up, in a fixed number of statements; needs its stages loaded."""
    found = answer_status(session, [cycle], plan)
    chased = _chased(session, {one.holder.id for one in found.asked})
    cities, groups = (
        _parties(found, kind, chased, _unread(session, cycle.id, plan.ask(kind).letter))
        for kind in (CycleAsk.CITIES, CycleAsk.GROUPS)
    )
    return HoldUps(cycle, cities, groups)


def _parties(
    found: AnswerStatus, kind: CycleAsk, chased: dict[int, Chased], unread: frozenset[int]
) -> list[Party]:
    by_party: dict[int, list[Asked]] = {}
    for one in found.asked:
        if one.kind is kind:
            by_party.setdefault(one.party_id, []).append(one)
    parties = [
        Party(party_id, kind, asked[0].party_name, max(one.last_on for one in asked), asked, chased, unread)
        for party_id, asked in by_party.items()
    ]
    return sorted(parties, key=lambda party: (not party.silent, party.name))


def _unread(session: Session, cycle_id: int | None, kind: str) -> frozenset[int]:
    """Whose letter with the questions waits still: queued for their morning, or not taken by a server.

    Also when the questions go along in another letter.
    """
    waiting = (LetterState.QUEUED, LetterState.SENDING)
    found = session.exec(
        select(Letter.person_id).where(
            Letter.cycle_id == cycle_id, is_of_kind(kind), col(Letter.state).in_(waiting)
        )
    )
    return frozenset(person_id for person_id in found if person_id)


def _chased(session: Session, person_ids: Collection[int]) -> dict[int, Chased]:
    """The last chasing letter of each of some people, of whichever cycle: a week counts them all."""
    rows = session.exec(
        select(Chase.person_id, Chase.week, Letter.sent_at, Letter.due_at)
        .join(Letter, col(Chase.letter_id) == Letter.id)
        .where(col(Chase.person_id).in_(person_ids), ~gave_week_back())
        .order_by(col(Chase.week))
    )
    return {person_id: Chased(sent_at or due_at, week) for person_id, week, sent_at, due_at in rows}

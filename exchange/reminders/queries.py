"""Which letters are due and not yet in the outbox, and which a cycle would send in all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from exchange.mail.live import cycle_with_readers
from exchange.mail.rehearsal import rehearsed_letters
from exchange.mail.schedule import Planned, live_batches
from exchange.models import City, Cycle, Person, TrainingEvent
from exchange.rules.stage_plan import StagePlan


def hold_programme(session: Session) -> None:
    """Keep what letters are made of as it is until the transaction ends.

    A deed that changes it waits, and then finds the letters that were queued here and takes them back.
    """
    for row_id in (Cycle.id, TrainingEvent.id, City.id, Person.id):
        session.exec(select(row_id).order_by(col(row_id)).with_for_update(read=True)).all()


def due_letters(session: Session, *, plan: StagePlan, now: datetime) -> Iterator[Planned]:
    """Letters whose moment has come and whose use has not passed, one cycle or event after the other.

    One that comes late for a person asleep is among them, with the next morning as its due_at.
    """
    for batch in live_batches(session, plan=plan, now=now):
        yield from (one for one in batch if one.letter.due_at <= now)


@dataclass(frozen=True)
class Kind:
    """All letters of one kind in a rehearsal, by their key and name."""

    key: str
    name: str
    count: int
    first_on: date
    last_on: date


@dataclass(frozen=True)
class Rehearsal:
    """A cycle's letters from a moment on; ``planned`` holds all of them in the order they leave."""

    cycle: Cycle
    planned: list[Planned]
    kinds: list[Kind]

    @property
    def people(self) -> int:
        """How many people get letters."""
        return len({one.person.id for one in self.planned})


def rehearsal(
    session: Session, cycle_id: int, *, plan: StagePlan, now: datetime, without_taken: bool
) -> Rehearsal:
    """What a cycle would send from ``now`` on. Raises NotFound."""
    cycle = cycle_with_readers(session, cycle_id)
    planned = rehearsed_letters(session, cycle, plan=plan, now=now, without_taken=without_taken)
    return Rehearsal(cycle, planned, _kinds(planned))


def _kinds(planned: list[Planned]) -> list[Kind]:
    by_key: dict[str, list[Planned]] = {}
    for one in planned:
        by_key.setdefault(one.kind, []).append(one)
    return [
        Kind(key, of[0].name, len(of), of[0].local.on, max(one.local.on for one in of))
        for key, of in by_key.items()
    ]

"""Which letters a cycle would send in all, for its rehearsal."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from exchange.mail.schedule.eager_loading import cycle_with_readers
from exchange.mail.schedule.planned import Planned
from exchange.mail.writing.rehearsal import rehearsed_letters
from exchange.models import Cycle
from exchange.rules.programme.stage_plan import StagePlan


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

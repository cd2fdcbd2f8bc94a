"""The letters that a cycle or a training event calls for, those of one kind together.

It queues and sends nothing: a page shows it before publication.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.mail.schedule.chase_letters import without_second
from exchange.mail.schedule.item_letters import known_of, letters_at, letters_of_training
from exchange.mail.schedule.planned import Planned
from exchange.mail.schedule.recipients import load_roll
from exchange.models import Cycle, TrainingEvent
from exchange.rules.programme.stage_plan import StagePlan

ONE_YEAR = timedelta(days=365)  # before every letter of what is still worth publishing


@dataclass(frozen=True)
class LetterBatch:
    """One letter with everybody who gets it, in the order the copies leave.

    ``past`` counts those for whom it is too late; ``letters`` is empty when it is for all.
    """

    kind: str
    name: str
    letters: list[Planned]
    past: int


def letter_batches(
    session: Session, about: Cycle | TrainingEvent, *, plan: StagePlan, now: datetime
) -> list[LetterBatch]:
    """Every letter that it calls for as it stands, in the order of the plan; of an event as they leave."""
    at = _at(session, about, plan, now)
    to_come, ever = _by_kind(at(now)), _by_kind(at(now - ONE_YEAR))
    in_order = [rule.key for rule in plan.letters] if isinstance(about, Cycle) else [*ever, *to_come]
    kinds = [kind for kind in dict.fromkeys(in_order) if kind in ever or kind in to_come]
    return [_batch(kind, to_come.get(kind, []), ever.get(kind, [])) for kind in kinds]


def _batch(kind: str, letters: list[Planned], ever: list[Planned]) -> LetterBatch:
    name = (letters or ever)[0].name
    return LetterBatch(kind, name, letters, past=max(len(ever) - len(letters), 0))


def _at(
    session: Session, about: Cycle | TrainingEvent, plan: StagePlan, now: datetime
) -> Callable[[datetime], Iterable[Planned]]:
    """What is of use at a moment, to the people of ``now``, who are loaded once."""
    roll = load_roll(session, now.date(), about)
    if isinstance(about, TrainingEvent):
        return lambda moment: letters_of_training(roll, about, moment)
    known = known_of(session, [about], plan, now)
    of_use = letters_at(roll, about, plan, known)
    return lambda moment: without_second(of_use(moment), known.silence.gone)


def _by_kind(planned: Iterable[Planned]) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = {}
    for one in planned:
        found.setdefault(one.kind, []).append(one)
    return found

"""Letters together: those of one kind, for a page before publication; those of one hour, for their reader.

It queues and sends nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.mail.schedule.chase_letters import without_second
from exchange.mail.schedule.cycle_eligibility import NEW_VERSION, PUBLICATION, meeting_of
from exchange.mail.schedule.item_letters import in_order, known_of, letters_at, letters_of_training
from exchange.mail.schedule.planned import Planned
from exchange.mail.schedule.recipients import load_roll
from exchange.models import Cycle, TrainingEvent
from exchange.rules.letters.chase_ladder import NUDGE_STEP
from exchange.rules.programme.stage_plan import StagePlan

ONE_HOUR = timedelta(hours=1)
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


def in_one_letter(left: Sequence[Planned], plan: StagePlan, now: datetime) -> list[Planned]:
    """What is due by ``now`` of one cycle or event, in the order it leaves, one letter for a reader's hour.

    ``left`` is all that is left of it. What is due to somebody within an hour of another letter goes along
    inside that one. An invitation never does, nor what speaks of an hour: two of them stay two letters.
    """
    by_reader: dict[int, list[Planned]] = {}
    for one in sorted(left, key=lambda one: one.letter.due_at):
        by_reader.setdefault(one.reader_id, []).append(one)
    found = [one for letters in by_reader.values() for one in _joined(letters, plan, now)]
    return sorted(found, key=in_order)


def _joined(letters: Sequence[Planned], plan: StagePlan, now: datetime) -> Iterator[Planned]:
    """The letters of one reader that are due, in the order they are, with what goes along."""
    rest = list(letters)
    while rest and rest[0].letter.due_at <= now:
        hour = [one for one in rest if _is_of_hour(one, rest[0].letter.due_at, plan, now)]
        rest = [one for one in rest if one not in hour]
        lead = min(hour, key=lambda one: _may_go_along(one, plan))
        riders = [one for one in hour if one is not lead and _goes_in(one, lead, plan)]
        yield replace(lead, riders=tuple(riders), due_at=min(one.due_at for one in (lead, *riders)))
        yield from (one for one in hour if one not in (lead, *riders) and one.letter.due_at <= now)


def _is_of_hour(one: Planned, first_at: datetime, plan: StagePlan, now: datetime) -> bool:
    """Whether it is due by now, or may come a little early with the one that is due at ``first_at``."""
    is_near = one.letter.due_at < first_at + ONE_HOUR
    return is_near and (one.letter.due_at <= now or _may_go_along(one, plan))


def _goes_in(rider: Planned, lead: Planned, plan: StagePlan) -> bool:
    """Not a chase in what is looked up by its row: the letter would be filed under the kind of the chase."""
    if _is_looked_up(lead) and rider.letter.rule.chases is not None:
        return False
    is_same = rider.letter.rule.message_class == lead.letter.rule.message_class
    return is_same and _may_go_along(rider, plan)


def _may_go_along(one: Planned, plan: StagePlan) -> bool:
    """Not what holds a calendar part or an answer link of a meeting, nor what is looked up by its row."""
    rule = one.letter.rule
    is_apart = one.cycle is None or _is_looked_up(one) or meeting_of(one.letter, plan) or rule.hours
    return not is_apart


def _is_looked_up(one: Planned) -> bool:
    """Whether the row of such a letter, by its kind, says what its reader was told or asked of."""
    return one.kind in {PUBLICATION, NEW_VERSION} or one.kind.endswith(NUDGE_STEP.key)


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

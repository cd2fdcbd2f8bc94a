"""Letters that a cycle calls for: to whom, when in their own time, and until when they are worth sending.

Not sending and not remembering: what was sent is the outbox's knowledge, under a key built from once_suffix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from exchange.rules.cycles import Sitting, StageDates
from exchange.rules.holidays import CityCalendar
from exchange.rules.sentences import Sentence
from exchange.rules.stage_plan import Anchor, LetterRule

__all__ = ["Anchor", "LetterRule", "PlannedLetter", "Reader", "planned_letters"]

SEND_AT = time(9, 0)


@dataclass(frozen=True)
class Reader:
    """Somebody who may get letters; ``calendar`` is that of the city whose clock they live by."""

    person_id: int
    name: str
    roles: tuple[str, ...]
    calendar: CityCalendar
    has_answered: bool = False


@dataclass(frozen=True)
class PlannedLetter:
    """One letter to one reader.

    ``due_at`` and ``useless_after`` are UTC; a letter not sent by the latter is not sent at all.
    ``about_on`` is the day it speaks of, ``sitting`` the reader's own when it is about a meeting.
    ``why`` says it to a coordinator. ``once_suffix`` ("E5-1h:17") holds no date, so that a stage which
    moves does not double the letter: a caller's once-key is "cycle:12:" + once_suffix.
    """

    rule: LetterRule
    reader: Reader
    due_at: datetime
    useless_after: datetime
    about_on: date
    why: Sentence
    once_suffix: str
    sitting: Sitting | None = None


def planned_letters(
    rules: Sequence[LetterRule],
    stages: Sequence[StageDates],
    *,
    sittings: Sequence[Sitting],
    readers_by_audience: Mapping[str, Sequence[Reader]],
) -> list[PlannedLetter]:
    """Every letter of the cycle, past ones included, in the order due; the same input gives the same list.

    Day letters go at 09:00 of a working day in the reader's city: prompts roll forward to one, letters
    before something roll back. Hour letters go at their instant; outside 07:00-21:00 of the reader one
    before a meeting is left out and one after it waits for the next morning of work.
    Rules whose stage is not in ``stages`` and letters about a meeting without sitting are left out.
    """
    raise NotImplementedError

"""When what somebody owes calls for a letter: by days before, on and after the day it is due. Pure.

Read from config/duties.toml. Not who owes what, and not that a reader gets one letter a week: the outbox
keeps that.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from exchange.rules.duties.duty import Duty, Weight
from exchange.rules.time.answer_deadlines import closes_at
from exchange.rules.time.holidays import CityCalendar, working_day_on_or_after, working_day_on_or_before
from exchange.rules.time.timezones import wall_time
from exchange.rules.toml_fields import Entry, refuse

FARTHEST_DAYS = 60  # lists of duties look no farther back; the desk shows what is ahead
AHEAD_LEAST = timedelta(days=14)
_ONE_DAY = timedelta(days=1)
MORNING = time(9)  # when letters are read


@dataclass(frozen=True)
class DutyLetterRules:
    """The days on which each kind of duty calls for a letter, from the day it is due."""

    days: Mapping[str, tuple[int, ...]]

    def of(self, kind: str) -> tuple[int, ...]:
        """Those of a kind; none for one that calls for no letter."""
        return self.days.get(kind, ())

    def ahead_of(self, kind: str) -> timedelta:
        """How long before its day letters tell of a duty of a kind: two weeks, or since its first letter."""
        return max(AHEAD_LEAST, timedelta(days=-min(self.of(kind), default=0)))

    @property
    def ahead_most(self) -> timedelta:
        """The longest of those."""
        return max([AHEAD_LEAST, *(self.ahead_of(kind) for kind in self.days)])


def read_duty_letters(document: Mapping[str, object], kinds: Collection[str]) -> DutyLetterRules:
    """The rules of a parsed document for the ``kinds`` of duties there are.

    Raises ConfigurationError with the place and what is wrong: an unknown kind or one that stands twice, days
    that are no whole numbers in order.
    """
    entry = Entry("", document, known={"letters"})

    def letters(place: str, table: object) -> tuple[str, tuple[int, ...]]:
        one = Entry(place, table, known={"kind", "days"})
        return one.choice("kind", kinds), one.integers("days", -FARTHEST_DAYS, FARTHEST_DAYS)

    found = entry.each("letters", letters)
    if len(dict(found)) < len(found):
        refuse("letters", "each kind once", [kind for kind, _ in found])
    return DutyLetterRules(dict(found))


def day_here(duty: Duty, time_zone: str) -> date:
    """The last day on whose morning it is in time on another wall.

    A day in London ends at noon of the next in Auckland, but an hour after its own midnight in Stockholm.
    """
    ends = wall_time(closes_at(duty.due_on, duty.time_zone), time_zone)
    return ends.on if ends.at > MORNING else ends.on - _ONE_DAY


def calls_for_letter(days: Collection[int], due_on: date, today: date, reader: CityCalendar) -> bool:
    """Whether a letter is called for on ``today``, by one of the days counted from ``due_on``.

    Both are dates on the reader's wall. What was called for since the last working day of the week before
    counts still, so that a day off, or a morning that was missed, puts a letter off and does not lose it.
    """
    monday = today - timedelta(days=today.weekday())
    after = working_day_on_or_before(reader, monday - _ONE_DAY)
    return any(after < due_on + timedelta(days=one) <= today for one in days)


def calls_by_itself(duty: Duty, today: date, reader: CityCalendar) -> bool:
    """Whether ``today`` is the day that the duty names, or the reader's first working day after it."""
    return duty.calls_on is not None and working_day_on_or_after(reader, duty.calls_on) == today


def is_last_call(duty: Duty, due_on: date, today: date, reader: CityCalendar) -> bool:
    """Whether it must be done, and this is the last working day before it is due on the reader's wall."""
    if duty.weight is not Weight.MUST:
        return False
    return today < due_on <= working_day_on_or_after(reader, today + _ONE_DAY)

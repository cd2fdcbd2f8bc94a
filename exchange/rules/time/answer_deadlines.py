"""Until when an answer is taken: a day, and the moment it ends on the reader's wall.

Not reminders, which due_times.py works out from the same stage.
"""

from datetime import date, datetime, time, timedelta

from exchange.rules.time.timezones import NonexistentTime, WallTime, instant, wall_time

_ONE_DAY = timedelta(days=1)


def last_day(due_on: date, *extended_on: date | None) -> date:
    """The last day an answer is taken: the stage's, or the latest that somebody was granted.

    An extension never shortens: a stage that moves past it wins.
    """
    return max([due_on, *(on for on in extended_on if on is not None)])


def closes_at(on: date, time_zone: str) -> datetime:
    """The first moment of the day after ``on`` in a zone: the due day is a whole day wherever it is read."""
    midnight = WallTime(on + _ONE_DAY, time(0), time_zone)
    try:
        return instant(midnight)
    except NonexistentTime as gap:  # some zones go forward at midnight: their day begins at one
        return instant(gap.after)


def is_open(on: date, time_zone: str, now: datetime) -> bool:
    """Whether an answer due on ``on`` is still taken at ``now``, by the date on the reader's wall."""
    return wall_time(now, time_zone).on <= on

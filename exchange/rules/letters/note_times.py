"""When a note to the network leaves for its reader: in their working hours, or at once when it is urgent.

Not who gets it.
"""

from datetime import datetime, time, timedelta

from exchange.rules.letters.due_times import ONE_DAY, SEND_AT
from exchange.rules.time.holidays import CityCalendar, is_working_day, working_day_on_or_after
from exchange.rules.time.timezones import NonexistentTime, WallTime, instant, wall_time

GRACE = timedelta(minutes=10)  # in which a note that is not urgent can be taken back from everybody
LAST_AT = time(17, 0)  # after it a note waits for the next morning


def note_leaves_at(calendar: CityCalendar, now: datetime, *, is_urgent: bool) -> datetime:
    """The instant at which a note sent at ``now`` leaves for readers of a city.

    Urgent: at once, at any hour. Else once the grace is over, and then between 09:00 and 17:00 of a working
    day on their wall.
    """
    if is_urgent:
        return now
    earliest = now + GRACE
    here = wall_time(earliest, calendar.time_zone)
    if SEND_AT <= here.at < LAST_AT and is_working_day(calendar, here.on):
        return earliest
    first_on = here.on if here.at < SEND_AT else here.on + ONE_DAY
    on = working_day_on_or_after(calendar, first_on)
    return _instant(WallTime(on, SEND_AT, calendar.time_zone))


def _instant(wall: WallTime) -> datetime:
    """The moment, and the one after the gap for a wall time that zone rules took away."""
    try:
        return instant(wall)
    except NonexistentTime as gap:
        return instant(gap.after)

"""When a letter is due in its reader's own time, and from when on it is worth nothing.

Not which letters there are: reminders.py goes through rules and readers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from exchange.rules.programme.cycles import Sitting, due_on
from exchange.rules.programme.stage_moves import DatedStage
from exchange.rules.programme.stage_plan import Anchor, ChaseFrom, ChaseStep, LetterRule
from exchange.rules.time.holidays import (
    CityCalendar,
    is_working_day,
    working_day_on_or_after,
    working_day_on_or_before,
)
from exchange.rules.time.timezones import NonexistentTime, WallTime, instant, wall_time

SEND_AT = time(9, 0)
DAY_STARTS, DAY_ENDS = time(7, 0), time(21, 0)  # outside, letters about an hour leave people alone
ONE_DAY = timedelta(days=1)
FEEDBACK_OPEN_DAYS = 7  # a thank-you with questions may come this late after a meeting
LATE_ASK_DAYS = 7  # an ask planned past its stage's end may still go for a week


@dataclass(frozen=True)
class LetterTimes:
    """``due_at`` and ``useless_after`` in UTC; ``about``: what it speaks of, on the reader's wall."""

    due_at: datetime
    useless_after: datetime
    about: WallTime


def times_by_stage(
    rule: LetterRule, stage: DatedStage, calendar: CityCalendar, *, send_at: time = SEND_AT
) -> LetterTimes:
    """Times of a letter that counts days from a stage's first day or from the Friday it is due.

    Before something it rolls back to a working day and is useless once that has come (the start of
    the first day, the end of the due day); else it rolls forward, until the stage ends.
    """
    about_on = due_on(stage) if rule.anchor is Anchor.STAGE_DUE else stage.starts_on
    planned_on = about_on + timedelta(days=rule.days)
    if rule.is_before:
        last_on = about_on if rule.anchor is Anchor.STAGE_DUE else about_on - ONE_DAY
        due_day = working_day_on_or_before(calendar, planned_on)
    else:
        is_late = planned_on > stage.ends_on
        last_on = planned_on + timedelta(days=LATE_ASK_DAYS - 1) if is_late else stage.ends_on
        due_day = working_day_on_or_after(calendar, planned_on)
    useless_after = _at(calendar, last_on + ONE_DAY, time(0))
    about = WallTime(about_on, time(0), calendar.time_zone)
    return LetterTimes(_at(calendar, due_day, send_at), useless_after, about)


def times_by_meeting(
    rule: LetterRule, sitting: Sitting, calendar: CityCalendar, *, send_at: time = SEND_AT
) -> LetterTimes | None:
    """Times of a letter that counts days or hours from a sitting; days from its date in the city.

    Useless once the sitting has begun, or a week after its end. None for a letter some hours
    before it that would come outside 07:00-21:00; one after it waits for the next working morning.
    """
    starts_at = _instant(sitting.wall)
    ends_at = starts_at + timedelta(minutes=sitting.minutes)
    is_after = rule.anchor is Anchor.MEETING_END
    anchor_at = ends_at if is_after else starts_at
    useless_after = ends_at + timedelta(days=FEEDBACK_OPEN_DAYS) if is_after else starts_at
    about = wall_time(starts_at, calendar.time_zone)
    if rule.hours:
        due_at = _hour_letter_at(rule, anchor_at, calendar, send_at)
        return LetterTimes(due_at, useless_after, about) if due_at else None
    planned_on = wall_time(anchor_at, calendar.time_zone).on + timedelta(days=rule.days)
    roll = working_day_on_or_before if rule.is_before else working_day_on_or_after
    return LetterTimes(_at(calendar, roll(calendar, planned_on), send_at), useless_after, about)


def times_of_chase(
    step: ChaseStep, asked_on: date, last_on: date, calendar: CityCalendar, *, send_at: time = SEND_AT
) -> LetterTimes | None:
    """Times of a step of the ladder, by the days on which somebody was asked and may answer last.

    Before the last day it rolls back to a working day, and there is none when that is no later than the
    asking; after it, forward. Useless when its week is over: who could not be chased in it is left alone.
    """
    is_before = step.origin is ChaseFrom.HALF_WAY or step.days < 0
    counted_from = asked_on + (last_on - asked_on) // 2 if step.origin is ChaseFrom.HALF_WAY else last_on
    planned_on = counted_from + timedelta(days=step.days)
    roll = working_day_on_or_before if is_before else working_day_on_or_after
    due_day = roll(calendar, planned_on)
    if is_before and due_day <= asked_on:
        return None
    sunday = _sunday_of(due_day)
    useless_on = min(sunday, last_on) if is_before else sunday
    about = WallTime(last_on, time(0), calendar.time_zone)
    return LetterTimes(_at(calendar, due_day, send_at), _at(calendar, useless_on + ONE_DAY, time(0)), about)


def day_ends_at(at: datetime, calendar: CityCalendar) -> datetime:
    """The end of the day of an instant on the wall of a city."""
    return _at(calendar, wall_time(at, calendar.time_zone).on + ONE_DAY, time(0))


def week_ends_at(at: datetime, calendar: CityCalendar) -> datetime:
    """The end of its ISO week there."""
    return _at(calendar, _sunday_of(wall_time(at, calendar.time_zone).on) + ONE_DAY, time(0))


def own_sitting(calendar: CityCalendar, sittings: Sequence[Sitting]) -> Sitting | None:
    """The sitting that suits a city best: fewest minutes outside 07:00-21:00 there, else the first.

    Of 14:00 and 08:00 in London, Auckland has the latter (21:00 in January, 19:00 in June).
    """
    if len(sittings) == 1:
        return sittings[0]
    return min(sittings, key=lambda sitting: _unsocial_minutes(calendar, sitting), default=None)


def _hour_letter_at(
    rule: LetterRule, anchor_at: datetime, calendar: CityCalendar, send_at: time
) -> datetime | None:
    due_at = anchor_at + timedelta(hours=rule.hours)
    local = wall_time(due_at, calendar.time_zone)
    is_daytime = DAY_STARTS <= local.at <= DAY_ENDS
    if rule.is_before:
        return due_at if is_daytime else None
    if is_daytime and is_working_day(calendar, local.on):
        return due_at
    next_on = local.on if local.at < DAY_STARTS else local.on + ONE_DAY
    return _at(calendar, working_day_on_or_after(calendar, next_on), send_at)


def _sunday_of(on: date) -> date:
    return on + timedelta(days=6 - on.weekday())


def _unsocial_minutes(calendar: CityCalendar, sitting: Sitting) -> int:
    local = wall_time(_instant(sitting.wall), calendar.time_zone)
    starts = local.at.hour * 60 + local.at.minute
    too_early = max(0, DAY_STARTS.hour * 60 - starts)
    too_late = max(0, starts + sitting.minutes - DAY_ENDS.hour * 60)
    return too_early + too_late


def _at(calendar: CityCalendar, on: date, at: time) -> datetime:
    return _instant(WallTime(on, at, calendar.time_zone))


def _instant(wall: WallTime) -> datetime:
    """The moment, and the one after the gap for a wall time that new zone rules took away."""
    try:
        return instant(wall)
    except NonexistentTime as gap:
        return instant(gap.after)

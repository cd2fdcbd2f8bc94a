"""The letters that a training event calls for: an invitation six weeks ahead, and two reminders.

Pure: whom to ask and when, not the words.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from exchange.rules.letters.reminders import SEND_AT, PlannedLetter, Reader, planned_letters
from exchange.rules.programme.cycles import Sitting, StageDates
from exchange.rules.programme.stage_plan import Anchor, LetterRule
from exchange.rules.sentences import Sentence
from exchange.rules.time.holidays import working_day_on_or_after
from exchange.rules.time.timezones import NonexistentTime, WallTime, instant, wall_time

_EVENT = "event"  # stands where a cycle has a stage
_INVITED = "invited"

# Time to clear a diary; and a year that is published at once does not send a year's invitations at once.
INVITED_DAYS = 42

INVITATION = LetterRule(
    key="T1", name="Invitation", stage=_EVENT, anchor=Anchor.MEETING_START, days=0, hours=0, audience=()
)
REMINDERS = tuple(
    LetterRule(
        key=key,
        name=name,
        stage=_EVENT,
        anchor=Anchor.MEETING_START,
        days=days,
        hours=0,
        audience=(_INVITED,),
        reminds_of=INVITATION.key,
    )
    for key, name, days in (("T1-7d", "Event in a week", -7), ("T1-1d", "Event tomorrow", -1))
)


def training_letters(
    event: Sitting, *, published_at: datetime, readers: Sequence[Reader]
) -> list[PlannedLetter]:
    """Every letter of one event in the order due; reminders no later than their invitation are left out."""
    stage = StageDates(_EVENT, event.name, "", event.wall.on, event.wall.on)
    by_calendar = {
        id(reader.calendar): reader for reader in readers
    }  # all people of a city live by one clock
    of_city = {key: _invitation(event, reader, published_at) for key, reader in by_calendar.items()}
    invitations = [replace(of_city[id(reader.calendar)], reader=reader) for reader in readers]
    invited_at = {letter.reader.person_id: letter.due_at for letter in invitations}
    reminders = planned_letters(REMINDERS, [stage], sittings=[event], readers_by_audience={_INVITED: readers})
    kept = [letter for letter in reminders if letter.due_at > invited_at[letter.reader.person_id]]
    return sorted(invitations + kept, key=lambda letter: letter.due_at)


def event_sitting(name: str, wall: WallTime, minutes: int) -> Sitting:
    """A training event in the shape of a meeting's sitting."""
    return Sitting(stage=_EVENT, name=name, wall=wall, minutes=minutes)


def starts_at(sitting: Sitting) -> datetime:
    """The instant it begins; the one after the gap for a wall time that new zone rules took away."""
    try:
        return instant(sitting.wall)
    except NonexistentTime as gap:
        return instant(gap.after)


def _invitation(event: Sitting, reader: Reader, published_at: datetime) -> PlannedLetter:
    """Six weeks ahead, or after a later publication, at the reader's next 09:00 of a working day.

    At once when that would be too late.
    """
    begins_at = starts_at(event)
    about_on = wall_time(begins_at, reader.calendar.time_zone).on
    six_weeks_ahead = _morning(about_on - timedelta(days=INVITED_DAYS), reader)
    due_at = max(six_weeks_ahead, next_morning(published_at, reader))
    return PlannedLetter(
        rule=INVITATION,
        reader=reader,
        due_at=due_at if due_at < begins_at else min(published_at, begins_at),
        useless_after=begins_at,
        about_on=about_on,
        why=Sentence("The event is on %(on)s.", {"on": about_on}),
        sitting=event,
    )


def next_morning(at: datetime, reader: Reader) -> datetime:
    """The first 09:00 of a working day in the reader's city that is not before ``at``."""
    local = wall_time(at, reader.calendar.time_zone)
    return _morning(local.on if local.at <= SEND_AT else local.on + timedelta(days=1), reader)


def _morning(on: date, reader: Reader) -> datetime:
    """09:00 of the first working day in the reader's city from ``on``."""
    on = working_day_on_or_after(reader.calendar, on)
    return instant(WallTime(on, SEND_AT, reader.calendar.time_zone))

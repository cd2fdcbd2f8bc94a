"""The letters that one reader gets about a change: one, and one more for each further meeting of theirs.

Who hears of it is change_announcements.py's; the words are mail.writing.occasions.change_letters'.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from exchange.feeds.icalendar.itip_invitation import Method
from exchange.invitations import actions, last_told_dates
from exchange.invitations.calendar_part import may_be_sent, what_it_says
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import meeting_in
from exchange.mail.outbox.letter_queue import CHANGE, HALT, ComposedLetter, queue
from exchange.mail.schedule.recipients import Roll
from exchange.mail.schedule.told_dates import Facts, facts_of
from exchange.mail.schedule.unsubscribe_links import takes_programme
from exchange.mail.writing.custom_wording import Wordings
from exchange.mail.writing.date_differences import Difference, difference
from exchange.mail.writing.occasions.change_letters import Reader, change_letter
from exchange.models import Answer, Cycle, Invitation, Letter, Person, TrainingEvent
from exchange.rules.letters.due_times import DAY_ENDS, DAY_STARTS
from exchange.rules.letters.reminders import Reader as RuleReader
from exchange.rules.letters.training_letters import next_morning
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.holidays import is_working_day
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings
from exchange.tokens import digest

URGENT = timedelta(hours=2)  # nobody is left asleep who would rise for what does not take place
DIGEST_LENGTH = 16  # of the facts in a key, which has a reader and a number beside them
_MAY_COME = (Answer.ACCEPTED, Answer.TENTATIVE)
STALE_DAYS = timedelta(days=2)  # a letter about a change says what holds; later it is no news

About = Cycle | TrainingEvent


@dataclass(frozen=True)
class Announcement:
    """What stays the same for all letters about one change.

    ``held`` are the ids of invitations that went out, or may have: calendars hold what they invite to.
    ``come_back`` are those of invitations that are off and hold again once everything resumes.
    """

    session: Session
    about: About
    plan: StagePlan
    settings: Settings
    now: datetime
    invitations: dict[int, list[Invitation]]
    held: Collection[int | None]
    come_back: Collection[int | None]
    lost: Sequence[Letter]
    done: Mapping[tuple[int | None, str], int]
    wordings: Wordings


@dataclass(frozen=True)
class _Announced:
    """A letter to one reader about what was ``found``; ``thread`` as in invitations.last_told_dates."""

    letter: ComposedLetter
    found: Difference
    thread: str
    meeting: str | None  # whose calendar part goes along


def announce_to_reader(announcement: Announcement, roll: Roll, reader: RuleReader, told: Facts) -> int:
    """The letters to one reader: one, and one more for each further meeting with an invitation of its own."""
    if roll.person(reader.person_id).email in roll.refused:
        return 0
    found = difference(told, announcement.about, reader.calendar, announcement.plan)
    written = [] if found.is_nothing else _announced(announcement, roll, reader, found, told)
    written += _partly_announced(announcement, roll, reader, {one.meeting for one in written})
    return sum(_queue(announcement, roll, reader, one) for one in written)


def _announced(
    announcement: Announcement, roll: Roll, reader: RuleReader, found: Difference, told: Facts
) -> list[_Announced]:
    person = roll.person(reader.person_id)
    touched = [one for one in _asked(announcement, person) if _is_touched(announcement, one, found)]
    asked = touched[:1] + [one for one in touched[1:] if not _is_current(one, found)]
    if not takes_programme(person):  # then only what their calendars hold
        parts = [(_only(found, one), [one]) for one in asked]
    else:
        parts = [(found, asked[:1]), *((_only(found, one), [one]) for one in asked[1:])]
    threads = ["", *(one[0].meeting for one in asked[1:])]
    return [
        _letter(announcement, roll, reader, part, told, invited, thread)
        for (part, invited), thread in zip(parts, threads, strict=False)
    ]


def _partly_announced(
    announcement: Announcement, roll: Roll, reader: RuleReader, said: Collection[str | None]
) -> list[_Announced]:
    """Further threads that were taken back while the first letter went out, each as it was to be told.

    ``said`` are the meetings that another letter brings up to date.
    """
    written, person = [], roll.person(reader.person_id)
    for lost in announcement.lost:
        before, thread = (lost.tells or {}).get("before"), last_told_dates.thread_of(lost)
        if lost.person_id != reader.person_id or thread in {"", *said} or not isinstance(before, dict):
            continue
        found = difference(before, announcement.about, reader.calendar, announcement.plan)
        asked = [one for one in _asked(announcement, person) if one[0].meeting == thread]
        if asked and not found.is_nothing and _is_touched(announcement, asked[0], found):
            part = _only(found, asked[0])
            written.append(_letter(announcement, roll, reader, part, before, asked, thread))
    return written


def _only(found: Difference, asked: tuple[Invitation, MeetingOf]) -> Difference:
    """What changed about one invitation's meeting."""
    return replace(found, stages=[], meetings=[m for m in found.meetings if m.key == asked[0].meeting])


def _asked(announcement: Announcement, person: Person) -> list[tuple[Invitation, MeetingOf]]:
    """The reader's invitations that a calendar part was written for, with what they are to and is not over.

    Of who stopped letters: those to what they said they may come to, and what their calendar may hold. A
    program enters an invitation that nobody has answered yet, and takes out what was declined.
    """
    pairs = (
        (one, meeting_in(announcement.about, one)) for one in announcement.invitations.get(person.id or 0, [])
    )
    now = announcement.now
    found = [(one, meeting) for one, meeting in pairs if meeting is not None and meeting.ends_at > now]
    if takes_programme(person):
        return [
            (one, meeting) for one, meeting in found if one.says is not None or _was_taken_out(one, meeting)
        ]
    return [
        (one, meeting) for one, meeting in found if one.answer in _MAY_COME or _is_held(announcement, one)
    ]


def _was_taken_out(invitation: Invitation, meeting: MeetingOf) -> bool:
    """Whether it left calendars when letters might say nothing of it, and they may again."""
    return invitation.sequence > 0 and may_be_sent(meeting)


def _is_held(announcement: Announcement, invitation: Invitation) -> bool:
    is_open = invitation.says is not None and invitation.answer == Answer.NONE
    return is_open and invitation.id in announcement.held


def _is_touched(announcement: Announcement, asked: tuple[Invitation, MeetingOf], found: Difference) -> bool:
    """Whether the change is one of an invitation's: its meeting moved, or everything stopped or resumed.

    Who was told that they are no longer invited is not invited anew by a change.
    """
    invitation, _ = asked
    if found.is_halted:
        return not invitation.is_off
    if invitation.is_off and not (found.is_resumed and invitation.id in announcement.come_back):
        return False
    moved = {meeting.key for meeting in found.meetings}
    return found.is_resumed or invitation.meeting in moved or found.old_place != found.new_place


def _is_current(asked: tuple[Invitation, MeetingOf], found: Difference) -> bool:
    """Whether its calendar part says already what holds: a letter of its own told of it."""
    invitation, meeting = asked
    return (invitation.says, invitation.is_off) == (what_it_says(meeting), found.is_halted)


def _letter(
    announcement: Announcement,
    roll: Roll,
    reader: RuleReader,
    found: Difference,
    told: Facts,
    asked: Sequence[tuple[Invitation, MeetingOf]],
    thread: str,
) -> _Announced:
    person = roll.person(reader.person_id)
    to = Reader(person, _today(reader, announcement.now))
    calendar, of_meeting = "", None
    tells: Facts = {"before": told, "after": facts_of(announcement.about), last_told_dates.THREAD: thread}
    for invitation, meeting in asked[:1]:
        snapshot, of_meeting = actions.snapshot_of(invitation), invitation.meeting
        calendar = _calendar_part(announcement, invitation, meeting, is_off=found.is_halted)
        tells[last_told_dates.PART] = snapshot | {"sequence": invitation.sequence}
        link = "" if found.is_halted else actions.link_of(invitation, meeting, announcement.settings)
        to = replace(to, is_invited=True, answer_link=link, said=Answer(invitation.answer))
    worded = change_letter(announcement.about, to, found, announcement.settings)
    letter = worded.written(announcement.settings, announcement.wordings)
    return _Announced(replace(letter, calendar=calendar, tells=tells), found, thread, of_meeting)


def _calendar_part(
    announcement: Announcement, invitation: Invitation, meeting: MeetingOf, *, is_off: bool
) -> str:
    put = actions.put_out if may_be_sent(meeting) else actions.take_out_unsaid
    method = Method.CANCEL if is_off else Method.REQUEST
    session, settings, now = announcement.session, announcement.settings, announcement.now
    return put(session, invitation, meeting, method, settings=settings, now=now)


def _queue(announcement: Announcement, roll: Roll, reader: RuleReader, one: _Announced) -> bool:
    about, now, found = announcement.about, announcement.now, one.found
    moments = found.moments(reader.calendar.time_zone)
    row = queue(
        announcement.session,
        one.letter,
        to=roll.person(reader.person_id),
        once_key=_once_key(announcement, reader, one),
        kind=HALT if found.is_halted else CHANGE,
        why="Its dates changed.",
        due_at=leaves_at(reader, moments, now),
        useless_after=max([*moments, now]) + STALE_DAYS,
        now=now,
        cycle_id=about.id if isinstance(about, Cycle) else None,
        training_id=about.id if isinstance(about, TrainingEvent) else None,
    )
    return row is not None


def _once_key(announcement: Announcement, reader: RuleReader, one: _Announced) -> str:
    """The same for the same news to the same reader, until it has gone out: then it would be news again."""
    about, thread = announcement.about, one.thread and f"-{one.thread}"
    noun = "cycle" if isinstance(about, Cycle) else "training"
    news = digest(json.dumps(facts_of(about), sort_keys=True))[:DIGEST_LENGTH]
    before = announcement.done.get((reader.person_id, one.thread), 0)
    return f"{noun}:{about.id}:change{thread}:{before}:{news}:{reader.person_id}"


def leaves_at(reader: RuleReader, moments: Sequence[datetime], now: datetime) -> datetime:
    """Now while the reader is up on a working day, else the next working morning; now if that is too late."""
    local = wall_time(now, reader.calendar.time_zone)
    if DAY_STARTS <= local.at <= DAY_ENDS and is_working_day(reader.calendar, local.on):
        return now
    morning = next_morning(now, reader)
    is_urgent = any(now <= at <= morning + URGENT for at in moments)
    return now if is_urgent else morning


def _today(reader: RuleReader, now: datetime) -> date:
    return wall_time(now, reader.calendar.time_zone).on

"""Letters about what people owe: whose morning has come, and who of them is to hear of what.

It loads and decides; queue_duty_letters.py puts letters into the outbox.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.standings import standings_of
from exchange.city_calendars import city_calendar
from exchange.duties.listed import Listed, Plans, Window
from exchange.duties.owing import Reader, chairs_of, who_may_owe
from exchange.duties.sources import duties_within, owed_by
from exchange.mail.outbox.letter_queue import DUTIES
from exchange.mail.schedule.unsubscribe_links import takes_programme
from exchange.models import Chase, City, DutyMorning, Letter, LetterState, Person, gave_week_back
from exchange.rules.duties.duty_letters import (
    DutyLetterRules,
    calls_by_itself,
    calls_for_letter,
    day_here,
    is_last_call,
)
from exchange.rules.letters.chase_ladder import week_of
from exchange.rules.letters.due_times import SEND_AT, day_ends_at
from exchange.rules.time.holidays import CityCalendar, is_working_day
from exchange.rules.time.timezones import WallTime, existing, instant, wall_time

LATE_MOST = timedelta(days=56)  # what one letter tells of
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rules:
    """How duties are counted, the days on which they call for a letter, and from which hour on."""

    plans: Plans
    letters: DutyLetterRules
    send_at: time = SEND_AT


@dataclass(frozen=True)
class Due:
    """A letter that is called for: to whom, about what, from when until when, and by which key.

    ``chase_week`` is the week it takes up; "" for a last call in a week that is taken.
    """

    person: Person
    owed: Sequence[Listed]
    due_at: datetime
    useless_after: datetime
    once_key: str
    chase_week: str


def mornings(session: Session, rules: Rules, now: datetime) -> dict[str, date]:
    """The clocks whose morning has come and was not looked at, each with its date."""
    looked = {one.time_zone: one.looked_on for one in session.exec(select(DutyMorning))}
    found = {}
    for zone in session.exec(select(City.time_zone).distinct()):
        here = wall_time(now, zone)
        if here.at >= rules.send_at and looked.get(zone, date.min) < here.on:
            found[zone] = here.on
    return found


def letters_due(session: Session, zones: Collection[str], rules: Rules, now: datetime) -> list[Due]:
    """The letters of this morning to people who live by these clocks, by person."""
    listed = listed_around(session, rules, now)
    owners = {one.duty.owner for one in listed}
    if not owners or not zones:
        return []
    people = readers_among(session, col(City.time_zone).in_(zones) & who_may_owe(owners), now)
    had = had_before(session, [one.person.id or 0 for one in people], now)
    found = (letter_to(one, listed, rules, had, now) for one in people)
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class MailReader:
    """Somebody who takes such letters, with how they stand and their city's calendar."""

    person: Person
    reader: Reader
    calendar: CityCalendar

    def owed(self, listed: Sequence[Listed], rules: Rules, now: datetime) -> list[Listed]:
        """What they owe of it now, as far as one letter of their day tells."""
        today = wall_time(now, self.calendar.time_zone).on
        near = [
            one
            for one in listed
            if today - LATE_MOST <= one.duty.due_on <= today + rules.letters.ahead_of(one.kind)
        ]
        return owed_by(self.reader, near, now)


def listed_around(
    session: Session, rules: Rules, now: datetime, *, ahead: timedelta = _A_DAY
) -> list[Listed]:
    """All duties that a letter of now, and of the time ``ahead``, could tell of, on whosever wall."""
    today = wall_time(now, "UTC").on
    last_on = today + rules.letters.ahead_most + ahead
    return duties_within(session, Window(today - LATE_MOST - _A_DAY, last_on, now, rules.plans))


def readers_among(session: Session, which: ColumnElement[bool], now: datetime) -> list[MailReader]:
    """Those of the people who take letters of the programme, by id."""
    found = session.exec(
        select(Person)
        .join(City)
        .where(which, col(Person.is_active))
        .options(
            selectinload(Person.roles),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            joinedload(Person.city).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.id))
    )
    people = [one for one in found if takes_programme(one)]
    today = wall_time(now, "UTC").on
    standings = standings_of(session, people, today, is_some=True)
    chairs = chairs_of(session, list(standings))
    calendars = {one.city_id: city_calendar(one.city, today) for one in people}
    return [
        MailReader(one, Reader(standings[id_], chairs.get(id_, frozenset())), calendars[one.city_id])
        for one in people
        if (id_ := one.id or 0) in standings
    ]


@dataclass(frozen=True)
class Had:
    """Who has had a chasing letter in which week, and when people's last letters about duties were due."""

    weeks: frozenset[tuple[int, str]]
    last: Mapping[int, datetime]

    def was_told_on(self, person_id: int, on: date, time_zone: str) -> bool:
        """Whether a letter about duties was due on a day of their wall."""
        last = self.last.get(person_id)
        return last is not None and wall_time(last, time_zone).on == on


def had_before(session: Session, person_ids: Collection[int], now: datetime) -> Had:
    """What some people have had in this week and the last two days."""
    weeks = session.exec(
        select(Chase.person_id, Chase.week)
        .join(Letter, col(Chase.letter_id) == Letter.id)
        .where(
            col(Chase.person_id).in_(person_ids),
            col(Chase.week) >= week_of(now - _A_DAY, "UTC"),
            ~gave_week_back(),
        )
    )
    letters = session.exec(
        select(Letter.person_id, Letter.due_at).where(
            col(Letter.person_id).in_(person_ids),
            Letter.kind == DUTIES,
            col(Letter.due_at) > now - 2 * _A_DAY,
            col(Letter.state) != LetterState.WITHDRAWN,
        )
    )
    last: dict[int, datetime] = {}
    for person_id, due_at in letters:
        last[person_id or 0] = max(due_at, last.get(person_id or 0, due_at))
    return Had(frozenset((person_id, week) for person_id, week in weeks), last)


def letter_to(one: MailReader, listed: Sequence[Listed], rules: Rules, had: Had, now: datetime) -> Due | None:
    """The reader's letter of this morning; None when nothing calls for one, or their week is taken."""
    calendar, person_id = one.calendar, one.person.id or 0
    today = wall_time(now, calendar.time_zone).on
    if not is_working_day(calendar, today):
        return None
    owed = one.owed(listed, rules, now)
    last_calls = [
        on
        for each in owed
        if is_last_call(each.duty, on := day_here(each.duty, calendar.time_zone), today, calendar)
    ]
    last_calls += [today for each in owed if calls_by_itself(each.duty, today, calendar)]
    if not last_calls and not _calls(owed, rules, today, calendar):
        return None
    week = week_of(now, calendar.time_zone)
    key, is_taken = key_of_week(person_id, week), (person_id, week) in had.weeks
    if is_taken and (not last_calls or had.was_told_on(person_id, today, calendar.time_zone)):
        return None
    due_at = instant(existing(WallTime(today, rules.send_at, calendar.time_zone)))
    return Due(
        person=one.person,
        owed=owed,
        due_at=due_at,
        useless_after=day_ends_at(due_at, calendar),
        once_key=f"{key}:{today}" if is_taken else key,
        chase_week="" if is_taken else week,
    )


def key_of_week(person_id: int, week: str) -> str:
    """The once-key of a person's letter of a week; a last call adds the morning on which it goes."""
    return f"duties:{person_id}:{week}"


def _calls(owed: Sequence[Listed], rules: Rules, today: date, calendar: CityCalendar) -> bool:
    return any(
        calls_for_letter(rules.letters.of(one.kind), day_here(one.duty, calendar.time_zone), today, calendar)
        for one in owed
    )

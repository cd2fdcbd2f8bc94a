"""Letters about a meeting that no plan has letters for: who is owed which, by what each was told last.

Each look compares every invitation with the meeting as it is, so that a change taken back before anybody
heard of it tells nobody, and who comes or goes is followed like a change of time.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.standings import standings_of
from exchange.city_calendars import city_calendar
from exchange.feeds.icalendar.itip_invitation import Method
from exchange.invitations import actions as invitations
from exchange.invitations.calendar_part import may_be_sent, what_it_says
from exchange.invitations.meetings import MeetingOf
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.mail.outbox.withdrawals import withdraw_followed
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.writing.occasions.meeting_news import News, Reader
from exchange.models import Answer, City, Invitation, Letter, LetterState, Person
from exchange.rules.access.policy import Right, may
from exchange.rules.access.rings import Ring, carried
from exchange.rules.letters import reminders
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings

_OFF, _OUT = ":off", ":out"  # ends of keys, as _said


@dataclass(frozen=True)
class Followed:
    """One meeting with what its letters are: ``prefix`` begins their keys, ``why`` is the outbox's word.

    ``present`` are the invitations that there are. ``released`` says, without a word of which, that somebody
    is no longer invited.
    """

    of: MeetingOf
    kind: str
    prefix: str
    why: str
    is_off: bool
    join_link: str
    present: Sequence[Invitation]
    letter: Callable[[Reader, News], ComposedLetter]
    released: Callable[[Reader], ComposedLetter]


@dataclass(frozen=True)
class _Look:
    """One look at one meeting."""

    session: Session
    about: Followed
    settings: Settings
    now: datetime

    @property
    def of(self) -> MeetingOf:
        return self.about.of


def follow(
    session: Session, about: Followed, people: Sequence[Person], settings: Settings, now: datetime
) -> int:
    """Write what is owed about a meeting to which ``people`` come; how many letters that were.

    The caller has the turn of the trail.
    """
    look = _Look(session, about, settings, now)
    present = {one.person_id: one for one in about.present}
    letters = _letters_of(look)
    coming = {one.id or 0 for one in people}
    if about.is_off:
        return sum(
            (_call_off if key in coming else _release)(look, one, letters.get(key, []))
            for key, one in present.items()
        )
    told = sum(_invite(look, one, letters.get(one.id or 0, [])) for one in people)
    leavers = present.keys() - coming
    return told + sum(_release(look, present[one], letters.get(one, [])) for one in sorted(leavers))


def who_comes(session: Session, of: MeetingOf, ids: Sequence[int], now: datetime) -> list[Person]:
    """Those of the people who may know of the meeting and take part, ready for letters."""
    city = joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    people = session.exec(
        select(Person)
        .where(col(Person.id).in_(ids), col(Person.is_active))
        .options(
            city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            city.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.id))
    ).all()
    standings = standings_of(session, people, now.date(), is_some=True)
    rights = (Right.READ, Right.TAKE_PART)
    return [one for one in people if all(may(standings[one.id or 0], right, of.thing) for right in rights)]


def _letters_of(look: _Look) -> dict[int, list[Letter]]:
    """The letters about the meeting that were not taken back, by reader, in their order."""
    found: dict[int, list[Letter]] = defaultdict(list)
    for letter in look.session.exec(
        select(Letter)
        .where(
            Letter.kind == look.about.kind,
            col(Letter.once_key).startswith(look.about.prefix, autoescape=True),
            col(Letter.state) != LetterState.WITHDRAWN,
        )
        .order_by(col(Letter.id))
    ):
        found[letter.person_id or 0].append(letter)
    return found


def _invite(look: _Look, person: Person, had: Sequence[Letter]) -> int:
    """Invite somebody, or tell them what changed; nothing where the last letter said what is so."""
    said = _said(look)
    if had and had[-1].once_key.endswith(said):
        return 0
    found = invitations.invite(look.session, look.of, person, settings=look.settings, now=look.now)
    news = News.CHANGED if _is_told(had) and not found.is_off else News.INVITED
    calendar = _calendar(look, found, Method.REQUEST)
    link = invitations.link_of(found, look.of, look.settings)
    letter = look.about.letter(_reader(look, person, link, Answer(found.answer)), news)
    return _queue(look, replace(letter, calendar=calendar), person, had, said)


def _call_off(look: _Look, found: Invitation, had: Sequence[Letter]) -> int:
    """Say that it does not take place to whoever was told that it does."""
    if not had or had[-1].once_key.endswith((_OFF, _OUT)) or not found.person.is_active:
        return 0
    if not _is_told(had):
        _withdraw(look, found.person)
        return 0
    calendar = _calendar(look, found, Method.CANCEL)
    letter = look.about.letter(_reader(look, found.person), News.OFF)
    return _queue(look, replace(letter, calendar=calendar), found.person, had, _OFF)


def _release(look: _Look, found: Invitation, had: Sequence[Letter]) -> int:
    """Take the meeting out of the calendar of somebody who is no longer invited."""
    was_told = bool(had) and had[-1].once_key.endswith((_OFF, _OUT))
    if not had or was_told or found.says is None or not found.person.is_active:
        return 0
    if not _is_told(had):
        _withdraw(look, found.person)
        found.says = None  # it is in no calendar
        return 0
    calendar = invitations.take_out(look.session, found, settings=look.settings, now=look.now)
    letter = look.about.released(_reader(look, found.person))
    return _queue(look, replace(letter, calendar=calendar), found.person, had, _OUT)


def _calendar(look: _Look, found: Invitation, method: Method) -> str:
    """The calendar part that goes along; at TLP:RED only one that takes out what is wrong by now."""
    put = invitations.put_out if may_be_sent(look.of) else invitations.take_out_unsaid
    return put(look.session, found, look.of, method, settings=look.settings, now=look.now)


def _is_told(had: Sequence[Letter]) -> bool:
    """Whether one of the letters left, or is about to."""
    return any(one.state != LetterState.QUEUED for one in had)


def _said(look: _Look) -> str:
    """A digest of all that a reader acts on, which ends the key of the letter that says it."""
    marking = look.of.subject.marking
    shown = carried(marking, Ring.LETTER)
    join_link = look.about.join_link if shown and shown.link else ""
    facts = (marking, sorted(what_it_says(look.of).items(), key=str), join_link)
    return f":{sha256(repr(facts).encode()).hexdigest()[:16]}"


def _withdraw(look: _Look, person: Person) -> None:
    keys = f"{look.about.prefix}{person.id}:"
    withdraw_followed(look.session, look.about.kind, keys, "It says what is not so any more.")


def _queue(look: _Look, letter: ComposedLetter, person: Person, had: Sequence[Letter], said: str) -> int:
    """The letter in place of what waits; its key counts those that left before it."""
    _withdraw(look, person)
    before = sum(one.state != LetterState.QUEUED for one in had)
    roles = tuple(held.role for held in person.roles)
    reader = reminders.Reader(person.id or 0, person.name, roles, _reader(look, person).calendar)
    queued = queue(
        look.session,
        letter,
        to=person,
        once_key=f"{look.about.prefix}{person.id}:{before}{said}",
        kind=look.about.kind,
        why=look.about.why,
        due_at=min(soonest(reader, look.now), look.of.starts_at),
        useless_after=look.of.ends_at,
        now=look.now,
    )
    return int(queued is not None)


def _reader(look: _Look, person: Person, link: str = "", said: Answer = Answer.NONE) -> Reader:
    on = wall_time(look.now, person.city.time_zone).on
    return Reader(person, city_calendar(person.city, on), link, said)

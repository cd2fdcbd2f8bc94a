"""Put letters about what people owe into the outbox, and renew or take back those that wait."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from exchange.answering.personal_links import Task, link_for
from exchange.duties.listed import Listed
from exchange.duties.nouns.findings import ACTION
from exchange.mail.outbox.letter_queue import DUTIES, ComposedLetter, queue
from exchange.mail.outbox.withdrawals import withdraw_unsent
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.duty_letters import duties_letter, of_programme
from exchange.models import DutyMorning, Letter, LetterState, Person
from exchange.reminders.duty_letters import (
    Due,
    MailReader,
    Rules,
    key_of_week,
    letters_due,
    listed_around,
    mornings,
    readers_among,
)
from exchange.rules.access.policy import is_red
from exchange.rules.duties.duty import state
from exchange.rules.letters.chase_ladder import week_of
from exchange.settings import Settings

_WHY = "Something that they owe is due or late."
_IS_SO_NO_MORE = "What it tells of is done, moved or theirs no more."
_TOLD = "duties"  # in what a letter tells: a digest of what it says is owed


def queue_duty_letters(session: Session, due: Iterable[Due], settings: Settings, now: datetime) -> int:
    """Queue the letters; how many were. A key that was used, or a week that is taken, takes none."""
    wordings, queued = load_wordings(session), 0
    for one in due:
        owed = _with_own_links(session, one, settings, now)
        letter = duties_letter(one.person, owed, now, settings).written(settings, wordings)
        composed = of_programme(letter, one.person, settings, tells={_TOLD: _digest(one.owed, now)})
        queued += _queue(session, one, composed, now)
    return queued


def queue_mornings(session: Session, rules: Rules, settings: Settings, now: datetime) -> int:
    """All letters of the mornings that have come, at once: for a state that nobody works on yet."""
    zones = mornings(session, rules, now)
    queued = queue_duty_letters(session, letters_due(session, zones, rules, now), settings, now)
    settle_mornings(session, zones)
    return queued


def settle_mornings(session: Session, looked: Mapping[str, date]) -> None:
    """Write down that these mornings were looked at."""
    for zone, on in looked.items():
        session.merge(DutyMorning(time_zone=zone, looked_on=on))


def has_waiting(session: Session, now: datetime) -> bool:
    """Whether a letter about duties waits to be sent, or was taken back by a change and not seen since."""
    return session.exec(select(Letter.id).where(_waits(now)).limit(1)).first() is not None


def _waits(now: datetime) -> ColumnElement[bool]:
    was_taken_back = (
        (col(Letter.state) == LetterState.WITHDRAWN)
        & (col(Letter.useless_after) > now)
        & (col(Letter.last_answer) != _IS_SO_NO_MORE)
    )
    return (col(Letter.kind) == DUTIES) & ((col(Letter.state) == LetterState.QUEUED) | was_taken_back)


def check_waiting(session: Session, rules: Rules, settings: Settings, now: datetime) -> int:
    """Hold what waits against what is owed now: withdraw what is empty, write anew what says something else.

    What a change took back is written anew where something is owed still: its morning is looked at once. How
    many were touched. Needs the turn of the trail, so that nothing is done meanwhile.
    """
    waiting = session.exec(select(Letter).where(_waits(now)).order_by(col(Letter.id))).all()
    ids = [one.person_id or 0 for one in waiting]
    listed = listed_around(session, rules, now) if ids else []
    readers = {one.person.id: one for one in readers_among(session, col(Person.id).in_(ids), now)}
    touched = 0
    for letter in waiting:
        reader = readers.get(letter.person_id)
        owed = reader.owed(listed, rules, now) if reader else []
        is_waiting = letter.state == LetterState.QUEUED
        if is_waiting and owed and (letter.tells or {}).get(_TOLD) == _digest(owed, now):
            continue
        if is_waiting:
            touched += withdraw_unsent(session, letter.once_key, _IS_SO_NO_MORE)
        else:
            letter.last_answer = _IS_SO_NO_MORE  # looked at, unless it is queued again
            session.flush()
        if reader is not None and owed:
            queued = queue_duty_letters(session, [_again(letter, reader, owed)], settings, now)
            touched += 0 if is_waiting else queued
    return touched


def _with_own_links(session: Session, due: Due, settings: Settings, now: datetime) -> list[Listed]:
    """What is owed, actions behind a link of the reader's own: two minutes, and nothing to sign in to.

    None at TLP:RED, of which a letter says nothing.
    """
    found = []
    for one in due.owed:
        if one.kind == ACTION and not is_red(one.thing):
            task = Task(action_id=one.duty.subject.id)
            url = link_for(session, task, to=due.person, settings=settings, now=now)
            found.append(replace(one, path=url.removeprefix(settings.base_url.rstrip("/"))))
        else:
            found.append(one)
    return found


def _again(letter: Letter, reader: MailReader, owed: Sequence[Listed]) -> Due:
    """The letter under its key, about what is owed now."""
    week = week_of(letter.due_at, reader.calendar.time_zone)
    is_of_week = letter.once_key == key_of_week(reader.person.id or 0, week)
    return Due(
        person=reader.person,
        owed=owed,
        due_at=letter.due_at,
        useless_after=letter.useless_after or letter.due_at,
        once_key=letter.once_key,
        chase_week=week if is_of_week else "",
    )


def _queue(session: Session, due: Due, letter: ComposedLetter, now: datetime) -> bool:
    queued = queue(
        session,
        letter,
        to=due.person,
        once_key=due.once_key,
        kind=DUTIES,
        why=_WHY,
        due_at=due.due_at,
        useless_after=due.useless_after,
        now=now,
        chase_week=due.chase_week,
    )
    return queued is not None


def _digest(owed: Iterable[Listed], now: datetime) -> str:
    """Of all that a letter says of what is owed."""
    said = (
        (one.duty.key, one.duty.due_on, one.duty.what.text, one.duty.subject.title, one.duty.marking)
        + (state(one.duty, now),)
        for one in owed
    )
    return sha256(repr([tuple(map(str, one)) for one in said]).encode()).hexdigest()

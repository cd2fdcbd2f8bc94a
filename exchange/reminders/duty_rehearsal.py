"""The letters about what people owe in the weeks to come, worked out by the same code with another ``now``.

As if nothing that is owed now were done, and nobody got another chasing letter. Nothing is queued.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.answering.personal_links import without_tokens
from exchange.duties.owing import who_may_owe
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.duty_letters import duties_letter
from exchange.reminders.duty_letters import (
    Due,
    Had,
    MailReader,
    Rules,
    had_before,
    letter_to,
    listed_around,
    readers_among,
)
from exchange.rules.time.timezones import WallTime, existing, instant, wall_time
from exchange.settings import Settings

AHEAD_DAYS = 28


@dataclass(frozen=True)
class Rehearsed:
    """One letter, as its reader would get it."""

    due: Due
    letter: ComposedLetter

    @property
    def leaves(self) -> WallTime:
        """When it leaves, on its reader's wall."""
        return wall_time(self.due.due_at, self.due.person.city.time_zone)


def rehearsed_duty_letters(
    session: Session, rules: Rules, settings: Settings, now: datetime
) -> list[Rehearsed]:
    """Those of the four weeks from ``now`` on, in the order they leave, without links that act for them."""
    listed = listed_around(session, rules, now, ahead=timedelta(days=AHEAD_DAYS + 1))
    owners = {one.duty.owner for one in listed}
    readers = readers_among(session, who_may_owe(owners), now) if owners else []
    had = had_before(session, [one.person.id or 0 for one in readers], now)
    wordings, found = load_wordings(session), []
    for reader in readers:
        of_reader = had
        for at in _mornings(reader, rules, now):
            due = letter_to(reader, listed, rules, of_reader, at)
            if due is None:
                continue
            of_reader = _with(of_reader, due)
            letter = duties_letter(due.person, due.owed, at, settings).written(settings, wordings)
            # Whoever rehearses is not its reader: nothing in it may act for them.
            found.append(Rehearsed(due, replace(letter, text=without_tokens(letter.text), html="")))
    return sorted(found, key=lambda one: (one.due.due_at, one.due.person.id or 0))


def _mornings(reader: MailReader, rules: Rules, now: datetime) -> Iterator[datetime]:
    """The moments at which the reader's letters could leave from now on."""
    zone = reader.calendar.time_zone
    today = wall_time(now, zone).on
    for number in range(AHEAD_DAYS + 1):
        at = instant(existing(WallTime(today + timedelta(days=number), rules.send_at, zone)))
        if at >= now:
            yield at


def _with(had: Had, due: Due) -> Had:
    person_id = due.person.id or 0
    weeks = had.weeks | {(person_id, due.chase_week)} if due.chase_week else had.weeks
    return replace(had, weeks=weeks, last={**had.last, person_id: due.due_at})

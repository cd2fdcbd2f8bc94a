"""A mail server that is away for six hours of a working day: afterwards each letter has come, once.

The clock is moved by hand, a tick of delivery in each minute.
"""

import socket
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update
from sqlmodel import select

from exchange.db import Database
from exchange.mail.outbox.delivered import UNREACHABLE
from exchange.mail.outbox.delivery_outcomes import ATTEMPTS_MAX, WAITS
from exchange.mail.outbox.letter_queue import RECEIPT, SIGN_IN
from exchange.mail.wire.smtp import SmtpTransport
from exchange.models import Letter, LetterState, RefusedAddress
from exchange.settings import Settings
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from tests.factories import stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters, queue_letters
from tests.mail.sink import Sink, running

pytestmark = pytest.mark.slow

MORNING = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
AWAY = timedelta(hours=6)
MINUTE = timedelta(minutes=1)
DUE_EVERY = timedelta(minutes=45)  # letters of the programme, three together
WAITED_FOR = {AWAY - timedelta(minutes=10): SIGN_IN, AWAY - timedelta(minutes=3): RECEIPT}


@dataclass
class Day:
    """A day of one clock and one mail server, which says what it wants to while it is away."""

    context: Context
    clock: HandClock
    sink: Sink
    tries: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def go_on(self, until: datetime, *, step: timedelta = MINUTE) -> list[str]:
        """Tick until then; what the ticks said."""
        said = []
        while self.clock() < until:
            self._queue_due()
            said.append(deliver_mail(self.context))
            self.clock.set(self.clock() + step)
        return said

    def note(self, content: bytes, answer: str) -> str:
        """What the server hears of a letter, and says."""
        [line] = [one for one in content.splitlines() if one.lower().startswith(b"message-id:")]
        self.tries[line.partition(b":")[2].strip().decode()].append(self.clock())
        return answer

    def _queue_due(self) -> None:
        now, since = self.clock(), self.clock() - MORNING
        if since < AWAY and since % DUE_EVERY == timedelta():
            queue_letters(self.context.database, 3, due_at=now)
        if since in WAITED_FOR:
            [letter] = queue_letters(self.context.database, due_at=now)
            with self.context.database.transaction() as session:
                row = update(Letter).where(Letter.id == letter.id)  # type: ignore[arg-type]  # a column
                session.connection().execute(row.values(kind=WAITED_FOR[since]))


@pytest.fixture
def day(database: Database, clock: HandClock) -> Iterator[Day]:
    clock.set(MORNING)
    sink = Sink()
    with running(sink) as at:
        transport = SmtpTransport(f"smtp://{at}?starttls=never", timeout=5)
        context = Context(database, Settings(), stage_plan(), transport, clock, worker="test:1")
        yield Day(context, clock, sink)
        transport.close()


@contextmanager
def nobody_listens() -> Iterator[SmtpTransport]:
    """Where there was a server, its port is closed."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    yield SmtpTransport(f"smtp://127.0.0.1:{port}", timeout=5)


def assert_each_came_once_and_nothing_is_marked(day: Day) -> None:
    letters = all_letters(day.context.database)
    assert len(letters) == 3 * 8 + len(WAITED_FOR)
    assert {one.state for one in letters} == {LetterState.SENT}
    came = Counter(str(message["Message-ID"]) for message in day.sink.messages)
    assert came == {one.message_id: 1 for one in letters}
    with day.context.database.reading() as session:
        assert session.exec(select(RefusedAddress.address)).all() == []


def kinds_that_came(day: Day) -> list[str]:
    """Kinds of letters in the order in which they arrived."""
    by_id = {one.message_id: one.kind for one in all_letters(day.context.database)}
    return [by_id[str(message["Message-ID"])] for message in day.sink.messages]


def test_server_out_of_reach_costs_no_try_and_all_goes_in_the_first_minute_after(day: Day) -> None:
    with nobody_listens() as away:
        here, day.context = day.context, replace(day.context, transport=away)
        said = day.go_on(MORNING + AWAY)
    assert all(UNREACHABLE in one for one in said)
    waiting = all_letters(day.context.database)
    assert {(one.state, one.attempts, one.next_try_at) for one in waiting} == {(LetterState.QUEUED, 0, None)}
    day.context = here
    [said_then] = day.go_on(MORNING + AWAY + MINUTE)
    assert said_then.startswith(f"{len(waiting)} sent")
    assert_each_came_once_and_nothing_is_marked(day)
    assert kinds_that_came(day)[:3] == [SIGN_IN, RECEIPT, "E1"]
    assert {one.attempts for one in all_letters(day.context.database)} == {1}


@pytest.mark.parametrize("answer", ["451 4.3.0 Try again later", "drop"])
def test_server_that_takes_nothing_is_asked_after_growing_waits(day: Day, answer: str) -> None:
    """Whether it says so or breaks off: a letter is tried seldom, and never given up on in a day."""
    day.sink.at_data = lambda content: day.note(content, answer)
    day.go_on(MORNING + AWAY)
    waiting = all_letters(day.context.database)
    assert {one.state for one in waiting} == {LetterState.QUEUED}
    assert max(one.attempts for one in waiting) < ATTEMPTS_MAX
    for one in waiting:
        tries = day.tries[one.message_id]
        assert len(tries) == one.attempts
        waits = [after - before for before, after in pairwise(tries)]
        expected = list(WAITS[: len(waits)])
        if answer == "drop":  # which ends the run: others wait for the next minute, and their waits by it
            assert all(wait >= least for wait, least in zip(waits, expected, strict=True))
        else:
            assert waits == expected
    day.sink.at_data = lambda content: day.note(content, "250 OK")
    day.go_on(MORNING + AWAY + timedelta(hours=1))
    kinds = kinds_that_came(day)
    assert {SIGN_IN, RECEIPT} <= set(kinds)
    day.go_on(MORNING + timedelta(hours=32), step=timedelta(minutes=15))
    assert_each_came_once_and_nothing_is_marked(day)


def test_what_a_person_waits_for_goes_first_of_all_that_may_be_tried(day: Day) -> None:
    """The server says later to all, and is back in the minute in which the last of them may be tried."""
    day.sink.at_data = lambda content: day.note(content, "451 4.3.0 Try again later")
    day.go_on(MORNING + AWAY)
    day.clock.set(MORNING + timedelta(hours=32))  # all waits are over
    day.sink.at_data = lambda content: day.note(content, "250 OK")
    day.go_on(day.clock() + MINUTE)
    assert kinds_that_came(day)[:3] == [SIGN_IN, RECEIPT, "E1"]
    assert_each_came_once_and_nothing_is_marked(day)

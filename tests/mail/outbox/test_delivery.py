"""Delivery claims, sends and marks; each way a letter can fail, on a real server and both databases."""

import ssl
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from exchange.db import Database
from exchange.mail.outbox.claims import claim
from exchange.mail.outbox.delivered import Delivered
from exchange.mail.outbox.delivery import CLAIM_FRESH, deliver_due, transport_for
from exchange.mail.outbox.delivery_outcomes import ATTEMPTS_MAX, WAITS, free_stuck, mark_sent
from exchange.mail.outbox.letter_queue import ADDRESS, PASSED_ON, RECEIPT, SIGN_IN, TRIAL
from exchange.mail.outbox.withdrawals import withdraw_waiting
from exchange.mail.wire.maildir import received_letters
from exchange.mail.wire.mime_message import Envelope
from exchange.models import Letter, LetterState
from exchange.models.letters import WAITED_FOR
from exchange.settings import Settings
from tests.mail.letters import NOW, all_letters, queue_letters
from tests.mail.sink import Sink, running


def deliver(database: Database, at: str, *, now: datetime = NOW, limit: int = 100) -> Delivered:
    settings = Settings(smtp_url=SecretStr(f"smtp://{at}"), smtp_timeout_seconds=2)
    return deliver_due(database, transport_for(settings), settings, now=now, worker="test:1", limit=limit)


def change(database: Database, letter: Letter, **values: object) -> None:
    with database.transaction() as session:
        session.connection().execute(update(Letter).where(Letter.id == letter.id).values(**values))


def test_due_letters_are_sent_in_order_and_marked(database: Database) -> None:
    queue_letters(database, 3)
    (later,) = queue_letters(database, due_at=NOW + timedelta(hours=1))
    sink = Sink()
    with running(sink) as at:
        assert deliver(database, at) == Delivered(sent=3)
        assert deliver(database, at) == Delivered()
    *sent, waiting = all_letters(database)
    assert [str(message["Message-ID"]) for message in sink.messages] == [row.message_id for row in sent]
    assert {(row.state, row.sent_at, row.attempts) for row in sent} == {(LetterState.SENT, NOW, 1)}
    assert (waiting.id, waiting.state) == (later.id, LetterState.QUEUED)


def test_letters_that_somebody_waits_for_leave_before_all_others(database: Database) -> None:
    """A sign-in link asked for while twenty thousand letters waited came after twenty minutes."""
    queue_letters(database, 30, due_at=NOW - timedelta(hours=1))
    (link,), (receipt,) = queue_letters(database), queue_letters(database)
    change(database, link, kind=SIGN_IN)
    change(database, receipt, kind=RECEIPT)
    sink = Sink()
    with running(sink) as at:
        assert deliver(database, at, limit=5) == Delivered(sent=5)
    first = [str(message["Message-ID"]) for message in sink.messages][:2]
    assert first == [link.message_id, receipt.message_id]


def test_kinds_that_are_waited_for_are_kinds_of_letters() -> None:
    assert set(WAITED_FOR) == {SIGN_IN, RECEIPT, ADDRESS, PASSED_ON, TRIAL}


def test_a_letter_for_which_it_is_too_late_is_withdrawn(database: Database) -> None:
    queue_letters(database)
    sink = Sink()
    with running(sink) as at:
        assert deliver(database, at, now=NOW + timedelta(days=3)) == Delivered(withdrawn=1)
    (letter,) = all_letters(database)
    assert not sink.arrived
    assert (letter.state, letter.last_answer) == (
        LetterState.WITHDRAWN,
        "Its use had passed before it could be sent.",
    )


def test_a_refused_letter_keeps_the_words_and_never_stops_the_next(database: Database) -> None:
    first, _second = queue_letters(database, 2)
    sink = Sink(at_recipient=lambda to: "550 5.1.1 No such user" if to == first.to_address else "250 OK")
    with running(sink) as at:
        assert deliver(database, at) == Delivered(sent=1, refused=1)
        assert deliver(database, at, now=NOW + timedelta(days=1)) == Delivered()
    refused, sent = all_letters(database)
    assert (refused.state, refused.last_answer) == (LetterState.REFUSED, "550 5.1.1 No such user")
    assert sent.state == LetterState.SENT


def test_an_address_that_is_none_is_refused_without_asking_the_server(database: Database) -> None:
    letter, _ = queue_letters(database, 2)
    change(database, letter, to_address="nobody@\r\nBcc: all@example.org")
    sink = Sink()
    with running(sink) as at:
        assert deliver(database, at) == Delivered(sent=1, refused=1)
    assert all_letters(database)[0].last_answer.startswith("This is not an e-mail address.")


def test_a_server_that_says_later_is_asked_again_after_growing_waits(database: Database) -> None:
    queue_letters(database)
    (letter,) = all_letters(database)
    change(database, letter, useless_after=None)
    now, waits = NOW, []
    with running(Sink(at_data=lambda _content: "451 4.7.1 Greylisted")) as at:
        while True:
            done = deliver(database, at, now=now)
            (letter,) = all_letters(database)
            if done.refused:
                break
            assert done == Delivered(put_off=1)
            assert deliver(database, at, now=now) == Delivered()
            assert letter.next_try_at is not None
            waits.append(letter.next_try_at - now)
            now = letter.next_try_at
    assert waits == [*WAITS, WAITS[-1]]
    assert letter.state == LetterState.REFUSED
    assert letter.attempts == ATTEMPTS_MAX
    assert letter.last_answer == "Given up after 8 tries. The last answer: 451 4.7.1 Greylisted"


def test_a_server_out_of_reach_leaves_every_letter_untouched(database: Database) -> None:
    queue_letters(database, 2)
    done = deliver(database, "127.0.0.1:9")
    assert "refused" in done.unreachable
    assert {(row.state, row.attempts) for row in all_letters(database)} == {(LetterState.QUEUED, 0)}


def test_a_connection_lost_after_data_is_tried_again_under_the_same_message_id(database: Database) -> None:
    first, _second = queue_letters(database, 2)
    sink = Sink(at_data=lambda _content: "drop")
    with running(sink) as at:
        assert deliver(database, at).unreachable
        states = [(row.state, row.attempts) for row in all_letters(database)]
        assert states == [(LetterState.QUEUED, 1), (LetterState.QUEUED, 0)]
        sink.at_data = lambda _content: "250 OK"
        assert deliver(database, at, now=NOW + timedelta(minutes=2)).sent == 2
    assert first.message_id in {str(message["Message-ID"]) for message in sink.messages}


def test_an_hour_of_later_delays_letters_and_loses_and_doubles_none(database: Database) -> None:
    """Greylisted for an hour, each letter arrives once, under the Message-ID it began with."""
    before = {letter.message_id for letter in queue_letters(database, 3)}
    sink = Sink(at_data=lambda _content: "451 4.7.1 Greylisted")
    with running(sink) as at:
        for minute in range(60):
            deliver(database, at, now=NOW + timedelta(minutes=minute))
        assert not sink.arrived
        sink.at_data = lambda _content: "250 OK"
        for minute in range(60, 120):
            deliver(database, at, now=NOW + timedelta(minutes=minute))
    assert {str(message["Message-ID"]) for message in sink.messages} == before
    assert len(sink.arrived) == 3
    assert {(row.state, row.attempts) for row in all_letters(database)} == {(LetterState.SENT, 5)}


def test_a_server_that_takes_a_letter_and_stalls_gets_it_again_under_the_same_message_id(
    database: Database,
) -> None:
    """It may have kept it or not; of two copies under one Message-ID mail programs show one."""
    (letter,) = queue_letters(database)
    sink = Sink(seconds=3)
    with running(sink) as at:
        assert deliver(database, at).unreachable
        (waiting,) = all_letters(database)
        assert (waiting.state, waiting.attempts) == (LetterState.QUEUED, 1)
        sink.seconds = 0
        assert deliver(database, at, now=NOW + timedelta(minutes=2)).sent == 1
    assert {str(message["Message-ID"]) for message in sink.messages} == {letter.message_id}


def test_a_certificate_nobody_vouches_for_costs_no_letter_a_try(database: Database) -> None:
    queue_letters(database, 2)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    sink = Sink()
    with running(sink, tls=context) as at:
        assert "certificate verify failed" in deliver(database, at).unreachable
    assert not sink.arrived
    assert {(row.state, row.attempts) for row in all_letters(database)} == {(LetterState.QUEUED, 0)}


def test_two_workers_share_the_letters_and_send_each_once(database: Database) -> None:
    queue_letters(database, 40)
    sink = Sink()
    with running(sink) as at:
        threads = [threading.Thread(target=deliver, args=(database, at)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({message["Message-ID"] for message in sink.messages}) == len(sink.arrived) == 40
    assert {row.attempts for row in all_letters(database)} == {1}


def test_a_run_stops_between_two_letters_when_told(database: Database) -> None:
    queue_letters(database, 3)
    sink = Sink()
    settings = Settings()
    with running(sink) as at:
        told = settings.model_copy(update={"smtp_url": SecretStr(f"smtp://{at}")})
        done = deliver_due(
            database,
            transport_for(told),
            told,
            now=NOW,
            worker="test:1",
            limit=10,
            is_stopping=lambda: len(sink.arrived) >= 1,
        )
    assert done.sent == 1
    left = [(row.state, row.attempts, row.claimed_by) for row in all_letters(database)[1:]]
    assert left == [(LetterState.QUEUED, 0, "")] * 2  # claimed with the first, and given back untried


def test_a_letter_is_written_down_before_the_server_sees_the_next(database: Database) -> None:
    """A process that dies between two letters leaves one that was taken and is not marked, never two."""
    queue_letters(database, 25)
    unmarked = []

    def look(_content: bytes) -> str:
        states = [row.state for row in all_letters(database)]
        unmarked.append(len(sink.arrived) - states.count(LetterState.SENT))
        return "250 OK"

    sink = Sink(at_data=look)
    with running(sink) as at:
        assert deliver(database, at).sent == 25
    assert unmarked == [0] * 25


def test_a_letter_recalled_while_it_waits_its_turn_is_not_sent(database: Database) -> None:
    """Claimed with the others, and the server was slow: what it told no longer holds."""
    _, second, _ = queue_letters(database, 3)
    clock = NOW

    def change_the_second(_content: bytes) -> str:
        nonlocal clock
        if not sink.arrived:
            with database.transaction() as session:
                withdraw_waiting(session, person_id=second.person_id, why="Changed.")
            clock += CLAIM_FRESH + timedelta(seconds=1)
        return "250 OK"

    sink = Sink(at_data=change_the_second)
    with running(sink) as at:
        settings = Settings(smtp_url=SecretStr(f"smtp://{at}"))
        deliver_due(
            database,
            transport_for(settings),
            settings,
            now=NOW,
            worker="test:1",
            limit=10,
            clock=lambda: clock,
        )
    assert second.message_id not in {message["Message-ID"] for message in sink.messages}
    states = [(row.state, row.last_answer) for row in all_letters(database)[1:]]
    assert states == [
        (LetterState.WITHDRAWN, "Changed."),
        (LetterState.SENT, "The mail server took it."),
    ]


def test_a_database_that_fails_in_a_wait_shows_the_server_no_letter(database: Database) -> None:
    """The letter before could not be written down; the next must not go out on top of it."""
    queue_letters(database, 2)

    def refuse_updates(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if sink.arrived and statement.startswith("UPDATE letter"):
            raise OperationalError(statement, {}, Exception("no space left"))

    sink = Sink()
    event.listen(database.engine, "before_cursor_execute", refuse_updates)
    try:
        with running(sink) as at, pytest.raises(OperationalError):
            deliver(database, at)
    finally:
        event.remove(database.engine, "before_cursor_execute", refuse_updates)
    assert len(sink.arrived) == 1
    assert {row.state for row in all_letters(database)} == {LetterState.SENDING}  # for free_stuck


def test_free_stuck_queues_what_a_dead_worker_left_and_nothing_younger(database: Database) -> None:
    dead, alive, _ = queue_letters(database, 3)
    sending = LetterState.SENDING.value
    change(database, dead, state=sending, claimed_by="gone:1", claimed_at=NOW - timedelta(seconds=600))
    change(database, alive, state=sending, claimed_by="here:2", claimed_at=NOW - timedelta(seconds=599))
    with database.transaction() as session:
        assert free_stuck(session.connection(), NOW, stuck_seconds=600) == 1
    states = {row.id: (row.state, row.claimed_by) for row in all_letters(database)}
    assert states[dead.id] == (LetterState.QUEUED, "")
    assert states[alive.id] == (sending, "here:2")


def test_what_a_clock_that_ran_ahead_wrote_holds_nothing_up(database: Database) -> None:
    """Its claims and waits lay in days to come, and nobody touched them until then."""
    dead, waiting, patient = queue_letters(database, 3)
    ahead = NOW + timedelta(days=9)
    change(database, dead, state=LetterState.SENDING.value, claimed_by="gone:1", claimed_at=ahead)
    change(database, waiting, attempts=1, next_try_at=ahead)
    change(database, patient, attempts=6, next_try_at=NOW + WAITS[-1])
    with database.transaction() as session:
        assert free_stuck(session.connection(), NOW, stuck_seconds=600) == 1
    rows = {row.id: row for row in all_letters(database)}
    assert (rows[dead.id].state, rows[dead.id].claimed_at) == (LetterState.QUEUED, None)
    assert rows[waiting.id].next_try_at == NOW
    assert rows[patient.id].next_try_at == NOW + WAITS[-1]


@pytest.mark.parametrize("said", [{"text": "Room 2"}, {"to_address": "new@example.org"}])
def test_what_was_taken_late_does_not_stand_for_what_was_written_anew(
    database: Database, said: dict[str, str]
) -> None:
    """A clock without its database heard "taken"; meanwhile the claim was freed, and the letter edited."""
    (letter,) = queue_letters(database)
    with database.engine.begin() as connection:
        (claimed,) = claim(connection, worker="test:1", now=NOW, most=1)
    change(database, letter, state=LetterState.QUEUED.value, claimed_by="", claimed_at=None, **said)
    with database.engine.begin() as connection:
        mark_sent(connection, claimed, "250 OK", NOW)
    (row,) = all_letters(database)
    assert row.state == LetterState.QUEUED


class Fragile:
    """A carrier that breaks over one reader in a way nobody thought of, and carries the rest."""

    def __init__(self, breaks_over: str) -> None:
        self.breaks_over, self.carried = breaks_over, list[str]()

    def ready(self) -> None:
        """Nothing to open."""

    def send(self, envelope: Envelope, meanwhile: Iterator[None]) -> str:
        next(meanwhile, None)
        if envelope.recipient == self.breaks_over:
            raise UnicodeError("nobody thought of this")
        self.carried.append(envelope.recipient)
        return "taken"

    def close(self) -> None:
        """Nothing to close."""


def test_a_letter_that_breaks_its_sending_stops_nobody_and_ends(database: Database) -> None:
    """The error ended the run: the letter stayed claimed, was freed, and was tried for ever."""
    broken, whole = queue_letters(database, 2)
    change(database, broken, useless_after=None)
    carrier, now = Fragile(broken.to_address), NOW
    for _ in range(ATTEMPTS_MAX):
        deliver_due(database, carrier, Settings(), now=now, worker="test:1", limit=10)
        now += timedelta(days=2)
    assert carrier.carried == [whole.to_address]
    refused = all_letters(database)[0]
    assert (refused.state, refused.attempts) == (LetterState.REFUSED, ATTEMPTS_MAX)
    assert "UnicodeError" in refused.last_answer


def test_a_letter_that_kills_its_sender_each_time_is_refused_at_last(database: Database) -> None:
    """Freed by the clock again and again, it was never given up: only answers of a server were counted."""
    last, another = queue_letters(database, 2)
    sending = {"state": LetterState.SENDING.value, "claimed_by": "gone:1", "claimed_at": NOW}
    change(database, last, attempts=ATTEMPTS_MAX, **sending)
    change(database, another, attempts=ATTEMPTS_MAX - 1, **sending)
    with database.transaction() as session:
        assert free_stuck(session.connection(), NOW + timedelta(hours=1), stuck_seconds=600) == 2
    given_up, waiting = all_letters(database)
    assert (given_up.state, given_up.claimed_by) == (LetterState.REFUSED, "")
    assert given_up.last_answer.startswith("Given up after 8 tries.")
    assert waiting.state == LetterState.QUEUED


def test_a_letter_that_was_tried_before_is_claimed_alone(database: Database) -> None:
    """It ended its process each time: the others, claimed with it, would have been given up unseen."""
    first, poison, last = queue_letters(database, 3)
    change(database, poison, attempts=ATTEMPTS_MAX - 1)
    with database.connected() as connection, connection.begin():
        claims = [claim(connection, worker="test:1", now=NOW, most=20) for _ in range(3)]
    assert [[letter.id for letter in claimed] for claimed in claims] == [[first.id, last.id], [poison.id], []]


def test_a_letter_recalled_during_its_try_is_withdrawn_when_it_is_put_off(database: Database) -> None:
    """Its cycle changed while a slow server made up its mind; the next try sent what no longer held."""
    (letter,) = queue_letters(database)

    def recalled(_content: bytes) -> str:
        with database.transaction() as session:
            assert withdraw_waiting(session, person_id=letter.person_id, why="Changed.") == 0
        return "451 4.7.1 Greylisted"

    with running(Sink(at_data=recalled)) as at:
        deliver(database, at)
    (after,) = all_letters(database)
    assert (after.state, after.last_answer, after.claimed_by) == (LetterState.WITHDRAWN, "Changed.", "")


def test_the_text_of_a_sign_in_letter_is_forgotten_once_it_is_sent(database: Database) -> None:
    (letter,) = queue_letters(database)
    change(database, letter, kind=SIGN_IN)
    with running(Sink()) as at:
        deliver(database, at)
    (sent,) = all_letters(database)
    assert (sent.state, sent.text, sent.html) == (LetterState.SENT, "", "")


def test_in_safe_mode_every_letter_goes_to_one_address_and_names_its_reader(database: Database) -> None:
    first, _second = queue_letters(database, 2)
    sink = Sink()
    with running(sink) as at:
        settings = Settings(smtp_url=SecretStr(f"smtp://{at}"), mail_all_to="trial@example.org")
        deliver_due(database, transport_for(settings), settings, now=NOW, worker="test:1", limit=10)
    assert [to for to, _ in sink.arrived] == ["trial@example.org"] * 2
    message = sink.messages[0]
    assert "trial@example.org" in message["To"]
    assert message["Subject"] == "[TLP:CLEAR] Your input is due (for Åsa Öberg)"
    assert message["X-Exchange-Reader"] == first.to_address


def test_without_a_mail_server_letters_go_to_the_maildir(database: Database, tmp_path: Path) -> None:
    queue_letters(database, 2)
    settings = Settings(data_dir=tmp_path)
    carrier = transport_for(settings)
    assert deliver_due(database, carrier, settings, now=NOW, worker="test:1", limit=10).sent == 2
    received = received_letters(settings.mail_dir)
    assert [letter.subject for letter in received] == ["[TLP:CLEAR] Your input is due"] * 2
    assert received[0].to.startswith("Åsa Öberg <")
    assert received[0].text == "Dear reader,\n\nplease.\n"

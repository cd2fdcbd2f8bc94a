"""The outbox keeps one letter per action, whichever process asks and however often."""

import threading
from datetime import timedelta

import pytest

from exchange.db import Database
from exchange.mail.outbox.letter_queue import ComposedLetter, one_line, queue
from exchange.mail.outbox.withdrawals import withdraw_useless
from exchange.models import Letter, LetterState
from tests.mail.letters import LETTER, NOW, all_letters, person


def put(database: Database, once_key: str, letter: ComposedLetter = LETTER) -> Letter | None:
    with database.transaction() as session:
        return queue(
            session,
            letter,
            to=person(session),
            once_key=once_key,
            kind="E1",
            why="a test",
            due_at=NOW,
            useless_after=NOW + timedelta(days=1),
            now=NOW,
        )


def test_queue_with_a_key_used_before_keeps_the_first_letter(database: Database) -> None:
    first = put(database, "cycle:1:E1:7")
    second = put(database, "cycle:1:E1:7", ComposedLetter("Another", "other", "<p>other</p>"))
    assert first is not None
    assert second is None
    (kept,) = all_letters(database)
    assert (kept.subject, kept.message_id) == (LETTER.subject, first.message_id)


def test_queue_that_finds_its_key_leaves_the_transaction_usable(database: Database) -> None:
    put(database, "cycle:1:E1:7")
    with database.transaction() as session:
        to = person(session, email="later@example.org")
        for key in ("cycle:1:E1:7", "cycle:1:E1:8"):
            queue(
                session,
                LETTER,
                to=to,
                once_key=key,
                kind="E1",
                why="",
                due_at=NOW,
                useless_after=None,
                now=NOW,
            )
    assert [letter.once_key for letter in all_letters(database)] == ["cycle:1:E1:7", "cycle:1:E1:8"]


def test_queue_from_many_threads_with_one_key_makes_one_letter(database: Database) -> None:
    put(database, "warm-up")
    made: list[Letter | None] = []
    threads = [threading.Thread(target=lambda: made.append(put(database, "one"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert sum(letter is not None for letter in made) == 1


def test_queue_of_a_withdrawn_letter_sends_the_new_text_under_the_old_message_id(database: Database) -> None:
    """A letter taken back while its cycle was postponed goes out after all when the cycle resumes."""
    first = put(database, "cycle:1:E1:7")
    with database.transaction() as session:
        assert withdraw_useless(session, NOW + timedelta(days=2)) == 1
    again = put(database, "cycle:1:E1:7", ComposedLetter("New date", "new", "<p>new</p>"))
    assert first is not None
    assert again is not None
    assert (again.message_id, again.subject, again.state) == (
        first.message_id,
        "New date",
        LetterState.QUEUED,
    )


def test_queue_cleans_line_breaks_and_control_characters_out_of_headers(database: Database) -> None:
    evil = "Your input\r\nBcc: all@example.org\x00\u2028is due"
    letter = put(database, "evil", ComposedLetter(evil, "text", "<p>text</p>"))
    assert letter is not None
    assert letter.subject == "Your input Bcc: all@example.org is due"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("plain", "plain"), ("Åsa \t Öberg", "Åsa Öberg"), ("a\x85b\u2029c\x7f", "a b c"), ("\r\n", "")],
)
def test_one_line_leaves_letters_and_drops_what_breaks_a_header(text: str, expected: str) -> None:
    assert one_line(text) == expected

"""Letters held after a restore: no clock sends them, and a coordinator says which go and which had gone."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.commands import commands
from exchange.commands.doctor import running
from exchange.commands.doctor.findings import finding
from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.outbox.held_letters import (
    HeldKind,
    held_ids,
    held_kinds,
    hold_doubtful,
    let_go,
    take_as_sent,
)
from exchange.mail.outbox.letter_queue import queue
from exchange.mail.outbox.withdrawals import withdraw_all_to
from exchange.models import AuditEntry, City, Letter, LetterState, Person, Role
from exchange.settings import Settings
from tests.factories import make_city, make_person, make_training
from tests.hand_clock import HandClock
from tests.mail.letters import LETTER, NOW, all_letters, queue_letters
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import statements_for

RESTORED_AT = NOW + timedelta(hours=3)

Deliver = Callable[[datetime], int]


@pytest.fixture
def cora(database: Database) -> Person:
    with database.transaction() as session:
        city = make_city(session, "London")
        return make_person(session, "Cora", city=city, email="cora@example.org", roles=[Role.COORDINATOR])


@pytest.fixture
def deliver(database: Database, settings: Settings) -> Deliver:
    """Runs delivery once; how many letters were sent."""

    def delivered(now: datetime) -> int:
        transport = transport_for(settings)
        try:
            return deliver_due(database, transport, settings, now=now, worker="test:1", limit=100).sent
        finally:
            transport.close()

    return delivered


def held(database: Database, *, at: datetime = RESTORED_AT) -> list[HeldKind]:
    with database.transaction() as session:
        return list(hold_doubtful(session, at))


def ids(database: Database) -> list[int]:
    return [letter.id or 0 for letter in all_letters(database)]


def test_held_letters_wait_however_long_and_others_go(database: Database, deliver: Deliver) -> None:
    queue_letters(database, 2)
    assert [one.count for one in held(database)] == [2]
    queue_letters(database, 1, due_at=RESTORED_AT + timedelta(minutes=1))
    assert deliver(RESTORED_AT + timedelta(days=2)) == 1
    assert [letter.state for letter in all_letters(database)] == [LetterState.QUEUED] * 2 + [LetterState.SENT]


def test_what_is_due_after_the_restore_is_let_go_again(database: Database) -> None:
    """PostgreSQL holds everything in the same step as it is loaded; what cannot have gone is not doubtful."""
    (later,) = queue_letters(database, 1, due_at=RESTORED_AT + timedelta(hours=1))
    with database.transaction() as session:
        session.get_one(Letter, later.id).held_at = RESTORED_AT
    assert held(database) == []
    assert [letter.held_at for letter in all_letters(database)] == [None]


def test_those_let_go_are_sent_under_the_message_id_they_had(
    database: Database, deliver: Deliver, cora: Person
) -> None:
    queue_letters(database, 3)
    before = {letter.id: letter.message_id for letter in all_letters(database)}
    held(database)
    with database.transaction() as session:
        assert let_go(session, ids(database)[:2], actor=cora, now=RESTORED_AT) == 2
    assert deliver(RESTORED_AT) == 2
    assert {letter.id: letter.message_id for letter in all_letters(database)} == before
    with database.reading() as session:
        assert sum(one.count for one in held_kinds(session)) == 1


def test_those_that_had_gone_never_go_and_are_not_written_anew(
    database: Database, deliver: Deliver, cora: Person
) -> None:
    """Taken back, a letter is written anew by the next tick; taken as sent, it is not."""
    (queued,) = queue_letters(database, 1)
    held(database)
    with database.transaction() as session:
        assert take_as_sent(session, ids(database), actor=cora, now=RESTORED_AT) == 1
    assert deliver(RESTORED_AT) == 0
    with database.transaction() as session:
        to = session.get_one(Person, queued.person_id)
        again = queue(
            session, LETTER, to=to, once_key=queued.once_key, kind="E1", why="again", now=RESTORED_AT
        )
        assert again is None
    (letter,) = all_letters(database)
    assert (letter.state, letter.held_at) == (LetterState.SENT, None)
    assert "taken as sent" in letter.last_answer
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.subject == "held letters")).one()
        assert (entry.actor_id, entry.after) == (cora.id, {"letters": [letter.id]})


def test_two_coordinators_decide_once(database: Database, cora: Person) -> None:
    queue_letters(database, 1)
    held(database)
    for count in (1, 0):
        with database.transaction() as session:
            assert take_as_sent(session, ids(database), actor=cora, now=RESTORED_AT) == count


def test_a_held_letter_that_is_taken_back_and_written_anew_is_still_held(database: Database) -> None:
    (queued,) = queue_letters(database, 1)
    held(database)
    with database.transaction() as session:
        withdraw_all_to(session, queued.person_id or 0, "a change")
        to = session.get_one(Person, queued.person_id)
        queue(session, LETTER, to=to, once_key=queued.once_key, kind="E1", why="again", now=RESTORED_AT)
    (letter,) = all_letters(database)
    assert (letter.state, letter.held_at) == (LetterState.QUEUED, RESTORED_AT)


def test_page_lists_them_and_does_what_is_ticked(
    database: Database, sign_in: SignIn, cora: Person, clock: HandClock
) -> None:
    clock.set(RESTORED_AT)
    queue_letters(database, 3)
    browser = sign_in(cora)
    held(database)
    page = browser.get("/letters/held")
    assert text_of(page).count("Your input is due") == 3
    assert "3 letters are held since a restore." in text_of(browser.get("/letters"))
    first, second, third = ids(database)[:3]
    browser.post("/letters/held", data={"letter": [first], "do": "send"})
    browser.post("/letters/held", data={"letter": [second, 999], "do": "sent"})
    browser.post("/letters/held", data={"letter": [third, "many"], "do": "burn"})
    found = {letter.id: (letter.state, letter.held_at is not None) for letter in all_letters(database)}
    assert found[first] == (LetterState.QUEUED, False)
    assert found[second] == (LetterState.SENT, False)
    assert found[third] == (LetterState.QUEUED, True)


@pytest.fixture
def red(database: Database, cora: Person) -> list[int]:
    """One held letter that is about nothing, and one about a training event at TLP:RED that names nobody."""
    queue_letters(database, 2)
    with database.transaction() as session:
        city = session.get_one(City, cora.city_id)
        training = make_training(session, host_city=city, marking="TLP:RED", named_ids=[])
        _, last = session.exec(select(Letter).order_by(col(Letter.id))).all()
        last.training_id = training.id
    held(database)
    return ids(database)


def test_no_number_tells_of_letters_that_are_kept_from_its_reader(
    database: Database, sign_in: SignIn, cora: Person, clock: HandClock, red: list[int]
) -> None:
    clock.set(RESTORED_AT)
    browser = sign_in(cora)
    assert "1 letter is held since a restore." in text_of(browser.get("/letters"))
    page = text_of(browser.get("/letters/held"))
    assert page.count("Your input is due") == 1
    assert "others follow" not in page
    assert "Held after a restore 1" in text_of(browser.get("/status"))
    browser.post("/letters/held", data={"letter": red, "do": "send"})
    assert "held since a restore." not in text_of(browser.get("/letters"))
    assert "Held after a restore" not in text_of(browser.get("/status"))
    with database.reading() as session:
        assert held_ids(session) == red[1:]


@pytest.mark.parametrize(
    ("option", "said", "state"),
    [
        ("--send", "1 letters at TLP:RED go when they are due.", LetterState.QUEUED),
        ("--sent", "1 letters at TLP:RED are taken as sent.", LetterState.SENT),
    ],
)
def test_command_decides_about_those_that_no_page_shows(
    database: Database,
    settings: Settings,
    red: list[int],
    option: str,
    said: str,
    state: LetterState,
) -> None:
    runner = CliRunner(env={"EXCHANGE_DATABASE_URL": settings.database_url})
    before = runner.invoke(commands, ["held-letters"]).output
    assert "2 letters are held" in before
    assert "1 of them are at TLP:RED" in before
    assert runner.invoke(commands, ["held-letters", option]).output.strip() == said
    found = {letter.id: (letter.state, letter.held_at) for letter in all_letters(database)}
    assert found == {red[0]: (LetterState.QUEUED, RESTORED_AT), red[1]: (state, None)}
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.subject == "held letters")).one()
        assert (entry.actor_id, entry.after) == (None, {"letters": red[1:]})


def test_doctor_tells_operators_of_all_that_wait(database: Database, red: list[int]) -> None:
    words = finding("letters", lambda: running.letters(database)).words
    assert f"{len(red)} are held since a restore" in words
    assert "(1)" in words
    assert "held-letters" in words


def test_page_is_for_who_writes_letters(sign_in: SignIn, database: Database, client: FlaskClient) -> None:
    queue_letters(database, 1)
    held(database)
    with database.transaction() as session:
        city = make_city(session, "London")
        contact = make_person(session, city=city, email="carl@example.org", roles=[Role.CITY_CONTACT])
    assert client.get("/letters/held").status_code == 303
    browser = sign_in(contact)
    assert browser.get("/letters/held").status_code == 403
    assert browser.post("/letters/held", data={"letter": ids(database), "do": "sent"}).status_code == 403


def test_statements_do_not_grow_with_the_letters(
    database: Database, sign_in: SignIn, cora: Person, clock: HandClock
) -> None:
    clock.set(RESTORED_AT)
    browser = sign_in(cora)
    counts = []
    for more in (1, 29):
        queue_letters(database, more)
        held(database)
        counts.append(statements_for(browser, "/letters/held"))
    assert counts[0] == counts[1]

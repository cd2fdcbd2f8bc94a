"""An address that a server refuses for good gets no more letters until it is corrected or cleared."""

import pytest
from pydantic import SecretStr
from sqlmodel import select

from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.outbox.letter_queue import SIGN_IN, queue
from exchange.mail.outbox.refused_addresses import count_marks, mark_refused, marks
from exchange.mail.schedule.letter_schedule import current_letters
from exchange.mail.wire.refusal_words import is_dead_address
from exchange.models import AuditEntry, Letter, LetterState, Person, RefusedAddress, Role
from exchange.settings import Settings
from tests.factories import make_city, make_person, stage_plan
from tests.mail.letters import LETTER, NOW, all_letters, queue_letters
from tests.mail.outbox.test_delivery import change, deliver
from tests.mail.programme import three_city_cycle
from tests.mail.sink import Sink, running
from tests.pages import text_of
from tests.sign_in import SignIn

EARLY_MONDAY = NOW.replace(year=2027, month=1, day=11, hour=15)


@pytest.mark.parametrize(
    ("words", "unless_said", "is_dead"),
    [
        ("550 5.1.1 No such user", False, True),
        ("550 5.1.10 Recipient address has null MX", False, True),
        ("550 5.2.1 Mailbox disabled", False, True),
        ("552 5.2.2 Mailbox full", True, False),
        ("554 5.7.1 Your server is on a blocklist", True, False),
        ("550 No such user here", True, True),
        ("554 Spam", False, False),
    ],
)
def test_a_refusal_is_about_the_address_or_about_us(words: str, unless_said: bool, is_dead: bool) -> None:
    """A blocklist that refuses every letter of ours must not strike everybody off."""
    assert is_dead_address(words, unless_said=unless_said) is is_dead


def test_a_refusal_in_safe_mode_marks_no_reader(database: Database) -> None:
    """The server refused the one address of the trial, and each true reader was struck off for it."""
    queue_letters(database, 2)
    with running(Sink(at_recipient=lambda _to: "550 5.1.1 No such user")) as at:
        safe = Settings(smtp_url=SecretStr(f"smtp://{at}"), mail_all_to="trial@example.org")
        assert (
            deliver_due(database, transport_for(safe), safe, now=NOW, worker="test:1", limit=10).refused == 2
        )
    with database.reading() as session:
        assert count_marks(session) == 0


def test_a_refused_address_is_marked_and_gets_nothing_more(database: Database) -> None:
    first, second = queue_letters(database, 2)
    with database.transaction() as session:
        again = session.merge(second)
        again.person_id, again.to_address = first.person_id, first.to_address
        again.due_at = NOW.replace(year=2028)
    sink = Sink(at_recipient=lambda _to: "550 5.1.1 No such user")
    with running(sink) as at:
        assert deliver(database, at).refused == 1
    refused, waiting = all_letters(database)
    assert (refused.state, waiting.state) == (LetterState.REFUSED, LetterState.WITHDRAWN)
    assert waiting.last_answer == "The address takes no letters."
    with database.transaction() as session:
        (mark,) = marks(session)
        assert (mark.refused.address, mark.refused.words) == (first.to_address, "550 5.1.1 No such user")
        person = session.get_one(Person, first.person_id)
        values = {"why": "", "due_at": NOW, "useless_after": None, "now": NOW}
        assert queue(session, LETTER, to=person, once_key="a", kind="E1", **values) is None
        assert queue(session, LETTER, to=person, once_key="b", kind=SIGN_IN, **values) is not None
        assert session.exec(select(AuditEntry.subject)).one() == f"person:{person.id}"


@pytest.mark.parametrize("moment", ["at_recipient", "at_data"])
def test_a_refusal_by_policy_marks_nobody(database: Database, moment: str) -> None:
    queue_letters(database)
    with running(Sink(**{moment: lambda _what: "554 5.7.1 Blocked"})) as at:  # type: ignore[arg-type]
        assert deliver(database, at).refused == 1
    with database.reading() as session:
        assert session.exec(select(RefusedAddress)).all() == []


def test_an_address_outside_ascii_is_marked_where_no_server_takes_it(database: Database) -> None:
    (letter,) = queue_letters(database)
    change(database, letter, to_address="åsa@example.org")
    with running(Sink(), is_international=False) as at:
        assert deliver(database, at).refused == 1
    (refused,) = all_letters(database)
    assert refused.last_answer == "The mail server takes no addresses with letters outside ASCII."
    with database.reading() as session:
        assert session.exec(select(RefusedAddress.address)).one() == "åsa@example.org"


def test_the_schedule_leaves_out_who_cannot_be_reached(database: Database) -> None:
    with database.transaction() as session:
        three_city_cycle(session)
        maria = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        mark_refused(session, maria.email, words="550", letter_id=None, now=NOW)
        planned = current_letters(session, EARLY_MONDAY, EARLY_MONDAY, plan=stage_plan(), now=EARLY_MONDAY)
        assert {one.person.name for one in planned} == {"Åsa Öberg", "Tom Baker-Lane", "Priya Nair"}


def test_coordinators_see_the_mark_on_every_page_of_letters_and_clear_it(
    database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        city = make_city(session)
        planner = make_person(session, city=city, roles=[Role.COORDINATOR])
        reader = make_person(session, "Åsa Öberg", city=city)
        mark_refused(session, reader.email, words="550 5.1.1 <b>Gone</b>", letter_id=None, now=NOW)
    client = sign_in(planner)
    assert "1 address takes no letters." in text_of(client.get("/letters"))
    page = client.get("/letters/addresses")
    assert "Åsa Öberg" in text_of(page)
    assert "<b>Gone</b>" not in page.text
    assert client.post("/letters/addresses/1/clear").status_code == 303
    assert client.post("/letters/addresses/1/clear").status_code == 404
    assert "Every address takes letters" in text_of(client.get("/letters/addresses"))
    with database.reading() as session:
        assert count_marks(session) == 0
        assert "clear refused address" in session.exec(select(AuditEntry.action)).all()


def test_a_corrected_address_is_not_marked(database: Database) -> None:
    with database.transaction() as session:
        person = make_person(session, city=make_city(session))
        mark_refused(session, person.email, words="550", letter_id=None, now=NOW)
        assert count_marks(session) == 1
        person.email = "correct@example.org"
        session.flush()
        assert count_marks(session) == 0
        values = {"why": "", "due_at": NOW, "useless_after": None, "now": NOW}
        assert queue(session, LETTER, to=person, once_key="a", kind="E1", **values) is not None
        assert session.exec(select(Letter)).one().to_address == "correct@example.org"

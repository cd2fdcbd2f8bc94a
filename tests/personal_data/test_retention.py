"""What goes when its time is over, what a dry run says, and what stays."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange import audit
from exchange.commands.apply_retention import retention_lines
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.mail.outbox.redaction_at_rest import AT_ONCE
from exchange.models import AttendanceNeed, AuditEntry, City, Letter, Person, Role
from exchange.personal_data.retention import apply, due, quiet_contacts
from exchange.personal_data.retention_rules import read_retention
from exchange.settings import CONFIG, Settings
from tests.factories import make_city, make_person, make_training
from tests.sign_in import SignIn

RULES = read_retention(CONFIG / "retention.toml")
NOW = datetime(2027, 4, 15, 9, tzinfo=UTC)


def make_letter(session: Session, to: Person, due_at: datetime, state: str = "sent") -> Letter:
    number = len(session.exec(select(Letter.id)).all())
    letter = Letter(
        once_key=f"test:{number}",
        kind="E1",
        person_id=to.id,
        to_name=to.name,
        to_address=to.email,
        subject=f"About {number}",
        text=f"Dear {to.name}",
        html=f"<p>Dear {to.name}</p>",
        message_id=f"<{number}@example.org>",
        queued_at=due_at,
        due_at=due_at,
        state=state,
    )
    session.add(letter)
    session.flush()
    return letter


@pytest.fixture
def anna(database: Database) -> Person:
    with database.transaction() as session:
        return make_person(session, "Anna", city=make_city(session, "London"))


def test_letters_lose_their_words_then_their_readers_and_waiting_ones_nothing(
    database: Database, anna: Person
) -> None:
    ages = {"young": 89, "old": 91, "ancient": 800, "waits": 800}
    with database.transaction() as session:
        ids = {
            name: make_letter(
                session, anna, NOW - timedelta(days=days), "queued" if name == "waits" else "sent"
            ).id
            for name, days in ages.items()
        }
    with database.reading() as session:
        would = due(session, RULES, NOW)
    done = apply(database.transaction, RULES, NOW)
    assert done == would
    assert (done.letter_texts, done.letter_facts) == (2, 1)
    with database.reading() as session:
        found = {name: session.get_one(Letter, number) for name, number in ids.items()}
        assert (found["young"].text, found["young"].to_name) == ("Dear Anna", "Anna")
        assert (found["old"].text, found["old"].html, found["old"].subject) == ("", "", "About 1")
        assert found["old"].to_address == anna.email
        assert (found["ancient"].to_address, found["ancient"].to_name) == ("", "")
        assert (found["ancient"].subject, found["ancient"].person_id) == ("", None)
        assert found["ancient"].once_key == "test:2"  # the same letter is never made again
        assert found["waits"].text == "Dear Anna"
        entry = session.exec(select(AuditEntry)).one()
        assert (entry.action, entry.after["letter_texts"]) == ("apply retention", 2)
    again = apply(database.transaction, RULES, NOW)
    assert set(again.gone.values()) == {0}
    with database.reading() as session:
        assert len(session.exec(select(AuditEntry)).all()) == 1  # a day without work leaves no entry
        assert audit.verify(session).is_whole


def test_more_letters_than_one_part_go_in_one_run(database: Database, anna: Person) -> None:
    with database.transaction() as session:
        for _ in range(3):
            make_letter(session, anna, NOW - timedelta(days=100))
        rows = [
            {
                **row.model_dump(exclude={"id"}),
                "once_key": f"more:{n}",
                "message_id": f"<more{n}@example.org>",
            }
            for row in session.exec(select(Letter).limit(1))
            for n in range(AT_ONCE)
        ]
        session.bulk_insert_mappings(Letter, rows)  # type: ignore[arg-type]
    assert apply(database.transaction, RULES, NOW).letter_texts == AT_ONCE + 3


@pytest.mark.parametrize(("days", "is_gone"), [(-20, False), (29, False), (32, True)])
def test_needs_go_thirty_days_after_their_event(
    database: Database, anna: Person, days: int, is_gone: bool
) -> None:
    with database.transaction() as session:
        london = session.get_one(City, anna.city_id)
        event = make_training(session, host_city=london, on_local=(NOW - timedelta(days=days)).date())
        session.add(AttendanceNeed(training_id=event.id, person_id=anna.id, text="No nuts", given_at=NOW))
    assert apply(database.transaction, RULES, NOW).needs == int(is_gone)
    with database.reading() as session:
        assert (session.exec(select(AttendanceNeed)).first() is None) == is_gone


def test_dry_run_changes_nothing_and_the_run_says_the_same(
    database: Database, settings: Settings, anna: Person
) -> None:
    with database.transaction() as session:
        make_letter(session, anna, NOW - timedelta(days=91))
    dry = retention_lines(database, settings, NOW, is_dry=True)
    assert dry[0] == "Would go now:"
    assert "Words of letters, 90 days after they were due: 1." in dry
    with database.reading() as session:
        assert session.exec(select(Letter)).one().text == "Dear Anna"
    assert retention_lines(database, settings, NOW, is_dry=False)[1:] == dry[1:]
    with database.reading() as session:
        assert session.exec(select(Letter)).one().text == ""


def test_people_without_a_sign_are_listed_and_nobody_is_erased(
    database: Database, sign_in: SignIn, anna: Person
) -> None:
    """A sign is what they did, or that a coordinator entered or reviewed them; a letter to them is none."""
    with database.transaction() as session:
        london = session.get_one(City, anna.city_id)
        cora = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
        active = make_person(session, "Active", city=london)
        left = make_person(session, "Left", city=london, is_active=False)
        for person, action, months in ((anna, "sign in", 30), (active, "sign in", 3), (cora, "sign in", 0)):
            at = sign_in.clock() - timedelta(days=31 * months)
            audit.record(session, actor=person, action=action, subject=f"person:{person.id}", now=at)
        at = sign_in.clock()  # a stranger who types their address gives no sign of them
        audit.record(session, actor=None, action="make sign-in link", subject=f"person:{anna.id}", now=at)
        names = [one.person.name for one in quiet_contacts(session, RULES, sign_in.clock()).rows]
    assert names == ["Anna"]
    assert left.name not in names
    browser: FlaskClient = sign_in(cora)
    assert ">Anna</a>" in browser.get("/people/data").text
    assert browser.post(f"/people/{anna.id}/reviewed").status_code == 303
    assert ">Anna</a>" not in browser.get("/people/data").text
    with database.reading() as session:
        assert session.get_one(Person, anna.id).name == "Anna"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("needs_days = 0", "needs_days must be a whole number"),
        ("needs_days = true", "needs_days must be a whole number"),
        ("surprise = 3", "there is no rule surprise"),
        ("needs_days = 30", "letter_text_days must be"),
    ],
)
def test_rules_that_cannot_be_right_are_refused_with_their_key(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "retention.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        read_retention(file)


def test_status_page_says_what_went(database: Database, sign_in: SignIn, anna: Person) -> None:
    with database.transaction() as session:
        london = session.get_one(City, anna.city_id)
        cora = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
        make_letter(session, anna, sign_in.clock() - timedelta(days=91))
    browser = sign_in(cora)
    assert "Nothing has had to go yet" in browser.get("/status").text
    apply(database.transaction, RULES, sign_in.clock())
    page = " ".join(browser.get("/status").text.split())
    assert "<dt>Words of letters</dt><dd>1</dd>" in page


def test_event_of_several_hours_ends_before_its_needs_count(database: Database, anna: Person) -> None:
    with database.transaction() as session:
        london = session.get_one(City, anna.city_id)
        event = make_training(session, host_city=london, on_local=date(2027, 3, 16), minutes=600)
        session.add(AttendanceNeed(training_id=event.id, person_id=anna.id, text="Step-free", given_at=NOW))
    ends = datetime(2027, 3, 16, 20, tzinfo=UTC) + timedelta(days=30)
    assert apply(database.transaction, RULES, ends - timedelta(minutes=1)).needs == 0
    assert apply(database.transaction, RULES, ends).needs == 1

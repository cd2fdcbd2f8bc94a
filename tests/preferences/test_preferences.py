"""Who wants no programme letters says so by one click or on a page, without an account, and is heard."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlmodel import select

from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.mail.schedule.letter_schedule import planned_for_cycle, planned_for_training
from exchange.mail.schedule.unsubscribe_links import person_id_of, token_of
from exchange.models import AuditEntry, Cycle, Letter, LetterState, Person, Role
from exchange.settings import Settings
from tests.factories import make_person, make_training, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters
from tests.mail.programme import EARLY, three_city_cycle
from tests.mail.sink import Sink, running
from tests.queueing import queue_due
from tests.sign_in import SignIn

EVENING = datetime(2027, 1, 12, 22, 30, tzinfo=UTC)  # Tuesday of week 1; letters wait for 09:00
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def reader(database: Database, clock: HandClock) -> Person:
    """Åsa in Stockholm, with the launch of the exchange waiting for her morning."""
    clock.set(EVENING)
    with database.transaction() as session:
        three_city_cycle(session)
        queue_due(session, plan=stage_plan(), settings=Settings(), now=EVENING)
        return session.exec(select(Person).where(Person.name == "Åsa Öberg")).one()


def states(database: Database, person: Person) -> list[str]:
    return [letter.state for letter in all_letters(database) if letter.person_id == person.id]


def test_a_programme_letter_carries_the_headers_of_the_one_click_button(
    database: Database, reader: Person, app: Flask
) -> None:
    """The mail program posts what the headers say, and nothing else: no cookie, no token."""
    app.config["WTF_CSRF_ENABLED"] = True
    sink = Sink()
    with running(sink) as at:
        told = Settings(smtp_url=SecretStr(f"smtp://{at}"))
        morning = EVENING + timedelta(hours=12)
        deliver_due(database, transport_for(told), told, now=morning, worker="test:1", limit=10)
    raw = next(content for to, content in sink.arrived if to == reader.email)
    url = f"http://127.0.0.1:8000/letters/stop/{token_of(reader.id or 0, Settings())}"
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in raw  # in one piece: folded it would not be found
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    path = url.removeprefix("http://127.0.0.1:8000")
    client = app.test_client()
    assert client.post(path, data=ONE_CLICK).status_code == 200
    assert client.post(path, data=ONE_CLICK, content_type="multipart/form-data").status_code == 200
    with database.reading() as session:
        assert session.get_one(Person, reader.id).programme_stopped_at == EVENING
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "stop programme letters")).all()
        assert [entry.after for entry in entries] == [{"by": "one click"}]


def test_opening_a_link_changes_nothing_and_posting_rubbish_neither(
    database: Database, reader: Person, app: Flask
) -> None:
    client, token = app.test_client(), token_of(reader.id or 0, Settings())
    assert client.get(f"/letters/stop/{token}").headers["Location"] == f"/letters/preferences/{token}"
    assert client.get(f"/letters/preferences/{token}").status_code == 200
    assert client.post(f"/letters/stop/{token}").status_code == 400
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(f"/letters/preferences/{token}", data={"stop": "1"}).status_code == 400
    with database.reading() as session:
        assert session.get_one(Person, reader.id).programme_stopped_at is None


@pytest.mark.parametrize("forged", ["", "1", "1.", "x.y", "99999999999.x", "１.x", "-1.x"])
def test_a_forged_link_and_one_of_somebody_who_left_say_the_same(
    database: Database, reader: Person, app: Flask, forged: str
) -> None:
    assert person_id_of(forged, Settings()) is None
    client = app.test_client()
    with database.transaction() as session:
        gone = make_person(session, "Gone", city=session.get_one(Person, reader.id).city, is_active=False)
    pages = []
    for token in (forged or "x", token_of(gone.id or 0, Settings()), token_of(999_999, Settings())):
        assert client.post(f"/letters/stop/{token}", data=ONE_CLICK).status_code == 404
        pages.append(client.get(f"/letters/preferences/{token}"))
    assert {page.status_code for page in pages} == {404}
    assert len({page.get_data() for page in pages}) == 1
    assert "Use the link of your newest letter" in pages[0].get_data(as_text=True)


def test_story_28_who_unsubscribes_still_gets_changes_to_accepted_sessions_and_nothing_else(
    database: Database, reader: Person, app: Flask, sign_in: SignIn
) -> None:
    """Waiting letters are taken back, none is planned any more; a service letter goes out all the same."""
    assert states(database, reader) == [LetterState.QUEUED]
    path = f"/letters/preferences/{token_of(reader.id or 0, Settings())}"
    client = app.test_client()
    assert client.post(path, data={"stop": "1"}).status_code == 303
    assert states(database, reader) == [LetterState.WITHDRAWN]
    assert "Programme letters are off" in client.get(path).get_data(as_text=True)
    with database.transaction() as session:
        cycle = session.get_one(Letter, 1).cycle_id
        assert cycle is not None
        row = session.get_one(Cycle, cycle)
        training = make_training(session, host_city=row.lead_city)
        planned = planned_for_cycle(session, row, plan=stage_plan(), now=EARLY)
        planned += planned_for_training(session, training, now=EARLY)
        assert planned
        assert reader.id not in {one.person.id for one in planned}
        assert queue_due(session, plan=stage_plan(), settings=Settings(), now=EVENING) == 0
        changed = ComposedLetter("[TLP:GREEN] Now Fri 12 Feb", "Now on Friday.\n", "<p>Now on Friday.</p>")
        queue(
            session,
            changed,
            to=session.get_one(Person, reader.id),
            once_key="change:1",
            kind="change",
            why="The session you accepted has moved.",
            due_at=EVENING,
            useless_after=None,
            now=EVENING,
            cycle_id=cycle,
        )
    assert states(database, reader) == [LetterState.WITHDRAWN, LetterState.QUEUED]
    coordinator = a_coordinator(database, reader)
    people = sign_in(coordinator).get("/network/people").get_data(as_text=True)
    assert "Takes no programme letters" in people
    assert client.post(path, data={"resume": "1"}).status_code == 303
    with database.transaction() as session:
        assert queue_due(session, plan=stage_plan(), settings=Settings(), now=EVENING) == 1


def a_coordinator(database: Database, beside: Person) -> Person:
    with database.transaction() as session:
        city = session.get_one(Person, beside.id).city
        return make_person(session, "Coordinator", city=city, roles=[Role.COORDINATOR])

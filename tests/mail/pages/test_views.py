"""The pages of letters: what goes out next, what went out, one letter, and the mailbox of a desk."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import select

from exchange.answering.personal_links import without_tokens
from exchange.audit import record
from exchange.db import Database
from exchange.mail.outbox.delivered import Delivered
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.outbox.letter_queue import SIGN_IN
from exchange.models import City, JobRun, Letter, LetterState, Role
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from tests.factories import make_city, make_cycle, make_group, make_person, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters
from tests.mail.programme import three_city_cycle
from tests.queueing import queue_due
from tests.sign_in import SignIn
from tests.statements import statements_for

NINE = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
STARTS_ON = date(2027, 1, 11)


@pytest.fixture
def coordinator(database: Database, sign_in: SignIn, clock: HandClock) -> FlaskClient:
    """A coordinator in London on the morning on which cycle C1 begins, with three letters queued."""
    clock.set(NINE)
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        person = make_person(session, "Coordinator", city=cycle.cities[0], roles=[Role.COORDINATOR])
        queue_due(session, plan=stage_plan(), settings=Settings(), now=NINE)
    return sign_in(person)


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(response.get_data(as_text=True).split())


def test_what_goes_out_next_names_reader_time_and_reason(coordinator: FlaskClient) -> None:
    text = page(coordinator, "/letters")
    assert "Maria Ruiz" in text
    assert "Mon 11 Jan 2027, 09:00</time> in Washington DC" in text
    assert "Launch begins on Mon 11 Jan 2027." in text
    assert "Live session is on Thu 11 Feb 2027 at 15:00 in Stockholm." in text
    assert "3 letters wait in the outbox." in text
    assert "Mon 8 Mar" not in text


def test_what_is_counted_is_what_the_lines_of_all_pages_show(
    coordinator: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said "254 letters, page 1 of 2": those were the copies, and the pages had 93 lines."""
    monkeypatch.setattr("exchange.web.presentation.paging.PER_PAGE", 7)
    with database.transaction() as session:
        stockholm = session.exec(select(City).where(City.name == "Stockholm")).one()
        for number in range(5):
            make_person(session, f"Contact {number}", city=stockholm, roles=[Role.CITY_CONTACT])
        record(session, actor=None, action="add", subject="person:0", now=NINE)
    text = page(coordinator, "/letters")
    said = re.search(r"(\d+) letters in (\d+) mailings, one mailing on each line, page 1 of (\d+)<", text)
    assert said
    letters, mailings, pages = map(int, said.groups())
    texts = [page(coordinator, f"/letters?page={number}") for number in range(1, pages + 1)]
    lines = [line for one in texts for line in re.findall(r'data-label="To">(.*?)</td>', one)]
    assert len(lines) == mailings
    assert mailings > 7
    more = sum(int(count) for line in lines for count in re.findall(r"and (\d+) more", line))
    assert sum(len(line.split(", ")) for line in lines) + more == letters > mailings


def test_safe_mode_is_said_where_letters_are_looked_at(
    coordinator: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe = replace(
        state := app.extensions["exchange"],
        settings=state.settings.model_copy(update={"mail_all_to": "trial@example.org"}),
    )
    assert "safe mode" not in page(coordinator, "/letters").lower()
    monkeypatch.setitem(app.extensions, "exchange", safe)
    for path in ("/letters", "/letters/sent"):
        assert "Safe mode: every letter goes to trial@example.org" in page(coordinator, path)
    assert "Every letter goes to trial@example.org" in page(coordinator, "/status")


def test_what_goes_out_next_can_be_cut_to_one_cycle(coordinator: FlaskClient) -> None:
    assert "Nothing goes out in the next 8 weeks" in page(coordinator, "/letters?cycle=999")


def test_what_went_out_shows_state_tries_and_the_servers_words(
    coordinator: FlaskClient, database: Database
) -> None:
    letter = all_letters(database)[0]
    words = "550 5.1.1 <b>No</b> such user"
    with database.transaction() as session:
        session.connection().execute(
            update(Letter)
            .where(Letter.id == letter.id)
            .values(state=LetterState.REFUSED.value, attempts=1, last_answer=words)
        )
    text = page(coordinator, "/letters/sent")
    assert "550 5.1.1 &lt;b&gt;No&lt;/b&gt; such user" in text
    assert "Refused" in text
    assert "Waiting" in text


def test_a_letter_is_shown_as_text_and_caged_as_html(coordinator: FlaskClient, database: Database) -> None:
    letter = all_letters(database)[0]
    assert "The thematic exchange “Hostile drones” begins" in page(coordinator, f"/letters/{letter.id}")
    preview = coordinator.get(f"/letters/{letter.id}/html")
    assert preview.get_data(as_text=True) == without_tokens(letter.html)
    assert preview.headers["Content-Security-Policy"].endswith("sandbox")


def test_the_text_of_a_sign_in_letter_is_shown_to_nobody(
    coordinator: FlaskClient, database: Database
) -> None:
    letter = all_letters(database)[0]
    with database.transaction() as session:
        session.connection().execute(update(Letter).where(Letter.id == letter.id).values(kind=SIGN_IN))
    assert "begins on" not in page(coordinator, f"/letters/{letter.id}").partition("The letter")[2]
    assert coordinator.get(f"/letters/{letter.id}/html").status_code == 404


def test_the_mailbox_shows_what_was_delivered_at_a_desk(
    coordinator: FlaskClient, database: Database, settings: Settings
) -> None:
    assert "The mailbox is empty" in page(coordinator, "/mailbox")
    carrier = transport_for(settings)
    deliver_due(database, carrier, settings, now=NINE, worker="test:1", limit=10)
    text = page(coordinator, "/mailbox")
    assert text.count("[TLP:GREEN] The exchange begins on Mon 11 Jan: Hostile drones") == 3
    key = next((settings.mail_dir / "new").iterdir()).name
    assert "Reply to this letter to reach us." in page(coordinator, f"/mailbox/{key}")
    assert coordinator.get("/mailbox/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/letters", "/letters/sent", "/letters/1", "/letters/1/html", "/mailbox"])
def test_a_city_contact_sees_no_page_of_letters(database: Database, sign_in: SignIn, path: str) -> None:
    with database.transaction() as session:
        contact = make_person(session, city=make_city(session))
    assert sign_in(contact).get(path).status_code == 403


def test_an_unknown_letter_is_not_found(coordinator: FlaskClient) -> None:
    assert coordinator.get("/letters/99999").status_code == 404


def test_a_mail_server_out_of_reach_is_said_on_the_page(coordinator: FlaskClient, database: Database) -> None:
    with database.transaction() as session:
        session.add(
            JobRun(
                job="deliver_mail",
                slot_at=NINE - timedelta(seconds=15),
                claimed_at=NINE,
                claimed_by="host:1",
                finished_at=NINE,
                outcome=Delivered(unreachable="Connection refused").outcome,
            )
        )
    assert "Letters wait: the mail server could not be reached." in page(coordinator, "/letters")


def test_pages_of_letters_take_as_many_statements_for_many(
    coordinator: FlaskClient, database: Database, settings: Settings, clock: HandClock
) -> None:
    """What goes out next was worked out for the page and for five lines of the home page."""
    context = Context(database, settings, stage_plan(), transport_for(settings), clock, worker="test:1")
    paths = ("/", "/letters", "/letters/sent")
    for _ in range(2):
        queue_reminders(context)
    few = [statements_for(coordinator, path) for path in paths]
    with database.transaction() as session:
        for number in range(6):
            lead = make_city(session, f"City {number}")
            people = [make_person(session, city=lead) for _ in range(5)]
            make_cycle(
                session, lead_city=lead, groups=[make_group(session, members=people)], starts_on=STARTS_ON
            )
    for _ in range(3):
        queue_reminders(context)
    assert [statements_for(coordinator, path) for path in paths] == few

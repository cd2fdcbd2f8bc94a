"""What coordinators and the host city's lead do with an ask about an event; and that nobody else finds it."""

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.answering.ask_opening import Invited, ask_people
from exchange.answering.asks import ask_by_id
from exchange.db import Database
from exchange.models import Ask, AuditEntry, City, ContributionVersion, Letter, Organisation, Role
from exchange.settings import Settings
from tests.answering.asked import answer
from tests.contributions.event_asks import ASKED_AT, EventAsk, make_event_ask
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn
from tests.statements import statements_for


@pytest.fixture
def event(app: Flask, database: Database, settings: Settings, clock: HandClock) -> EventAsk:
    return make_event_ask(app, database, settings, clock)


@pytest.fixture
def cora(event: EventAsk, sign_in: SignIn) -> FlaskClient:
    return sign_in(event.coordinator)


def question_set(event: EventAsk, **more: object) -> dict[str, object]:
    """The form of the questions as the page sends it, without a change."""
    with event.database.reading() as session:
        version = session.get_one(Ask, event.ask.id).version
    sent: dict[str, object] = {"version": str(version)}
    for n, one in enumerate(event.ask.questions):
        sent |= {
            f"questions-{n}-id": str(one.id),
            f"questions-{n}-text": one.text,
            f"questions-{n}-kind": one.kind,
            f"questions-{n}-options": "\n".join(one.options),
            f"questions-{n}-per": one.per,
        }
        if one.is_required:
            sent[f"questions-{n}-is_required"] = "y"
    return sent | more


def test_coordinator_sees_who_has_answered_and_nobody_else_finds_the_page(
    event: EventAsk, cora: FlaskClient, sign_in: SignIn
) -> None:
    event.browser.post(event.links["Anna There"], data=event.whole())
    page = cora.get("/asks/1").text
    assert "1 of 2" in page
    assert "Answered" in page
    assert "Silent" in page
    with event.database.transaction() as session:
        city = event.people[0].city_id
        lead = make_person(
            session, "Lena Lead", city=session.merge(event.people[0]).city, roles=[Role.CITY_LEAD]
        )
        assert lead.city_id == city
    assert sign_in(lead).get("/asks/1").status_code == 200
    assert sign_in(event.people[1]).get("/asks/1").status_code == 404
    assert event.browser.get("/asks/1").status_code in {302, 303}
    for path in ("/asks/1/questions", "/asks/1/last-day", "/asks/1/extend/person/1", "/asks/2"):
        assert sign_in(event.people[1]).get(path).status_code == 404


def test_a_rehearsal_shows_each_letter_in_full_and_keeps_none(
    event: EventAsk, cora: FlaskClient, sign_in: SignIn
) -> None:
    assert 'href="/asks/1/rehearsal"' in cora.get("/asks/1").text
    page = cora.get("/asks/1/rehearsal").text
    assert "Anna There" in page
    assert "Emil There" in page
    assert "We would like your answer about" in page
    assert not any(link in page for link in event.links.values())  # nothing in it acts for its reader
    with event.database.reading() as session:
        assert session.exec(select(Letter)).all() == []
    event.browser.post(event.links["Anna There"], data=event.whole())
    assert "Anna There" not in cora.get("/asks/1/rehearsal").text
    assert cora.get("/asks/2/rehearsal").status_code == 404
    assert sign_in(event.people[1]).get("/asks/1/rehearsal").status_code in {403, 404}


def test_closed_ask_has_nothing_to_rehearse(event: EventAsk, cora: FlaskClient) -> None:
    with event.database.transaction() as session:
        session.get_one(Ask, event.ask.id).closed_at = ASKED_AT
    assert "No letter would leave" in cora.get("/asks/1/rehearsal").text


def test_closed_ask_takes_no_answers_until_it_is_opened_again(event: EventAsk, cora: FlaskClient) -> None:
    assert cora.post("/asks/1/close", data={"version": "1"}).status_code == 303
    assert event.browser.post(event.links["Anna There"], data=event.whole()).status_code == 409
    assert cora.post("/asks/1/close", data={"version": "2"}).status_code == 409
    assert cora.post("/asks/1/reopen", data={"version": "1"}).status_code == 409  # somebody was faster
    assert cora.post("/asks/1/reopen", data={"version": "2"}).status_code == 303
    assert event.browser.post(event.links["Anna There"], data=event.whole()).status_code == 303
    with event.database.reading() as session:
        told = session.exec(select(AuditEntry.action).where(AuditEntry.subject.startswith("training:"))).all()  # type: ignore[attr-defined]
    assert [one for one in told if "ask" in one] == ["open ask", "close ask", "reopen ask"]


def test_ask_that_opens_later_takes_no_answer_before(event: EventAsk, clock: HandClock) -> None:
    with event.database.transaction() as session:
        session.get_one(Ask, 1).opens_at = clock() + timedelta(hours=1)
    assert event.browser.post(event.links["Anna There"], data=event.whole()).status_code == 409
    clock.advance(hours=1)
    assert event.browser.post(event.links["Anna There"], data=event.whole()).status_code == 303


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("2027-03-30", 303, ""),
        ("2027-03-11", 400, "It would close before it opens"),
        ("", 400, "Give the date"),
        ("soon", 400, "date"),
    ],
)
def test_last_day_is_never_before_the_first(
    event: EventAsk, cora: FlaskClient, typed: str, status: int, said: str
) -> None:
    answer = cora.post("/asks/1/last-day", data={"version": "1", "closes_on": typed})
    assert answer.status_code == status
    assert said in answer.text
    with event.database.reading() as session:
        moved = session.get_one(Ask, 1).closes_on
    assert moved == (date(2027, 3, 30) if status == 303 else date(2027, 3, 25))


def test_questions_are_worded_added_and_taken_away_before_anybody_answers(
    event: EventAsk, cora: FlaskClient
) -> None:
    page = cora.get("/asks/1/questions").text
    assert "Question 11" in page  # eight, and three empty rows
    changed = question_set(
        event,
        **{
            "questions-1-text": "",
            "questions-1-options": "",
            "questions-0-text": "Was it worth a day?",
            "questions-9-id": "",
            "questions-9-text": "Whom did you meet?",
            "questions-9-kind": "choices",
            "questions-9-options": "Police\nFire service",
            "questions-9-per": "",
        },
    )
    assert cora.post("/asks/1/questions", data=changed).status_code == 303
    page = event.browser.get(event.links["Anna There"]).text
    assert "Was it worth a day?" in page
    assert "Which part helped most?" not in page
    assert "Fire service" in page
    assert cora.post("/asks/1/questions", data=changed).status_code == 409  # from an older page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"questions-0-text": "", "questions-0-options": ""}, "has answers already: it can be worded anew"),
        (
            {"questions-0-kind": "text", "questions-0-options": ""},
            "what kind of question it is stays as it is",
        ),
        ({"questions-1-options": "Talks"}, "Give from 2 to 20 choices"),
        ({"questions-4-text": "Top secret\nplan"}, "one line"),
        ({"questions-4-options": "soon"}, "Only choices and scales"),
        ({"questions-3-kind": "stars"}, "Not a valid choice"),
    ],
)
def test_question_set_that_cannot_be_is_refused_at_its_question_with_what_was_typed(
    event: EventAsk, cora: FlaskClient, changed: dict[str, object], said: str
) -> None:
    event.browser.post(event.links["Anna There"], data=event.whole())
    sent = question_set(event, **changed, **{"questions-8-text": "Kept as typed?"})
    refused = cora.post("/asks/1/questions", data=sent)
    assert refused.status_code == 400
    assert said in refused.text
    assert "Kept as typed?" in refused.text
    with event.database.reading() as session:
        assert session.get_one(Ask, 1).version == 1


def test_more_days_for_one_person_come_with_a_letter_and_their_link(
    event: EventAsk, cora: FlaskClient
) -> None:
    sent = {"last_on": "2027-03-29", "reason": "On leave."}
    assert cora.post("/asks/1/extend/person/1", data=sent).status_code == 303
    event.clock.set(datetime.fromisoformat("2027-03-28T12:00:00+00:00"))
    assert event.browser.post(event.links["Anna There"], data=event.whole()).status_code == 303
    assert event.browser.post(event.links["Emil There"], data=event.whole()).status_code == 409
    with event.database.reading() as session:
        letter = session.exec(select(Letter).where(Letter.kind == "more days")).one()
    assert "More days were given to answer about “Evacuation table-top”" in letter.text


def test_page_asks_the_database_as_often_for_thirty_as_for_one(event: EventAsk, cora: FlaskClient) -> None:
    event.browser.post(event.links["Anna There"], data=event.whole())
    few = statements_for(cora, "/asks/1")
    with event.database.transaction() as session:
        city = session.merge(event.people[0]).city
        people = [make_person(session, f"Person {n:02}", city=city) for n in range(30)]
        ask_people(session, ask_by_id(session, 1), Invited(people), now=ASKED_AT)
    assert statements_for(cora, "/asks/1") == few


def body_of(session: Session, city: City) -> int | None:
    """The organisation of its people."""
    key = f"of {city.name}"
    found = session.exec(select(Organisation).where(Organisation.key == key)).first()
    if found is None:
        found = Organisation(key=key, name=f"Services of {city.name}")
        session.add(found)
        session.flush()
    return found.id


def answered_by(event: EventAsk, *numbers: int, score: int = 4) -> None:
    """More people of both cities who were there, and their answers."""
    with event.database.transaction() as session:
        cities = [session.merge(one).city for one in event.people]
        bodies = [body_of(session, city) for city in cities]
        people = [
            make_person(session, f"Person {n}", city=cities[n % 2], organisation_id=bodies[n % 2])
            for n in numbers
        ]
        for one in ask_people(session, ask_by_id(session, 1), Invited(people), now=ASKED_AT):
            texts = {event.ask.questions[0].id: score, event.ask.questions[-1].id: f"Text {one.id}"}
            row = answer(session, one)
            row.versions.append(
                ContributionVersion(
                    contribution_id=0,
                    number=1,
                    person_id=one.person_id,
                    submitted_at=ASKED_AT,
                    marking="TLP:AMBER+STRICT",
                    answers={str(key): value for key, value in texts.items()},
                )
            )


def test_page_of_an_ask_tells_nothing_of_what_was_answered(event: EventAsk, sign_in: SignIn) -> None:
    """It counted each choice exactly, beside the page of the event that keeps back what few people said."""
    answered_by(event, 1, 2, 3, 4, 5, 6, 7)
    event.clock.set(datetime(2027, 4, 2, tzinfo=UTC))
    page = sign_in(event.coordinator).get("/asks/1").text
    assert "Text 3" not in page
    assert "<progress" not in page
    main = page[page.index('id="questions"') :]
    assert "4 answers" not in main
    assert re.findall(r">\s*\d+\s*<", main.split("</main>")[0]) == []
    assert "/feedback" in main


@pytest.mark.parametrize(
    ("path", "field"), [("/asks/1/last-day", "closes_on"), ("/asks/1/extend/person/1", "last_on")]
)
def test_no_answer_comes_after_results_could_be_seen(
    event: EventAsk, sign_in: SignIn, path: str, field: str
) -> None:
    """Who reads results before and after would know what the last one said."""
    event.clock.set(datetime(2027, 3, 26, 11, tzinfo=UTC))  # still the 25th somewhere
    sent = {field: "2027-04-09", "version": "1", "reason": "On leave."}
    cora = sign_in(event.coordinator)
    event.clock.set(datetime(2027, 3, 26, 12, tzinfo=UTC))
    refused = cora.post(path, data=sent)
    assert refused.status_code == 400
    assert "one answer more could be told" in refused.text
    event.clock.set(datetime(2027, 3, 26, 11, 59, tzinfo=UTC))
    assert cora.post(path, data=sent).status_code == 303


def test_what_is_asked_of_somebody_stands_on_their_desk_and_opens_from_there(
    event: EventAsk, sign_in: SignIn
) -> None:
    anna = sign_in(event.people[0])
    assert "Answer the questions" in anna.get("/desk").text
    page = anna.get("/tasks").text
    assert "Evacuation table-top" in page
    assert "Waits for you" in page
    event.browser.post(event.links["Anna There"], data=event.whole())
    assert "Answer the questions" not in anna.get("/desk").text
    assert "Nothing is asked of you now" in sign_in(event.coordinator).get("/tasks").text


def test_what_somebody_answered_by_themselves_is_in_no_file_that_another_takes_along(
    event: EventAsk, sign_in: SignIn
) -> None:
    """A file of somebody's data had their feedback, where its marking alone kept nothing back."""
    with event.database.transaction() as session:
        session.get_one(Ask, 1).marking = "TLP:GREEN"
    said = event.whole(**{event.field("What should change?"): "Canary"})
    assert event.browser.post(event.links["Anna There"], data=said).status_code == 303
    anna = event.people[0]
    for browser, path, is_there in (
        (sign_in(event.coordinator), f"/people/{anna.id}/data.zip", False),
        (sign_in(anna), "/account/data.zip", True),
    ):
        taken = zipfile.ZipFile(io.BytesIO(browser.post(path).data)).read("data.json").decode()
        assert ("Canary" in taken) is is_there
        assert "read on its page" in taken or is_there

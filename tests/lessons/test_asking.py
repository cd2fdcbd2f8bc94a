"""Cities are asked how far they are with findings, by a link each, and what they hand in is recorded."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from exchange.answering.personal_links import link_for, task_of
from exchange.db import Database
from exchange.duties.listed import Plans, Window
from exchange.duties.nouns.findings import ASK_CITIES, duties_of_findings
from exchange.follow_up.progress import ProgressDraft, set_progress
from exchange.lessons.actions import write_lesson
from exchange.models import (
    Ask,
    AskAddressee,
    AskRow,
    AuditEntry,
    City,
    Contribution,
    FindingsRound,
    Headway,
    Lesson,
    LessonProgress,
    LessonState,
    Person,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.hand_clock import HandClock
from tests.lessons.conftest import LINK, NOW, Net, a_draft
from tests.pages import form_values, text_of

UNTIL = {"closes_on": "2027-03-31"}
ASK = "/findings/ask"
NOTE = "The board decides."


@pytest.fixture
def red_id(database: Database, net: Net) -> int:
    """A finding at TLP:RED that only the coordinator and the contact of London may know of."""
    with database.transaction() as session:
        named = (net.coordinator.email, net.contact.email)
        draft = a_draft(title="Nobody says this", marking=Marking.RED, named=named)
        return write_lesson(session, draft, by=net.by).id or 0


@pytest.fixture
def asked(coordinator: FlaskClient, red_id: int) -> None:
    assert coordinator.post(ASK, data=UNTIL).status_code == 303


def link_of(database: Database, settings: Settings, person: Person) -> str:
    with database.transaction() as session:
        row = session.exec(select(AskAddressee).where(AskAddressee.person_id == person.id)).one()
        url = link_for(session, task_of(row), to=row.holder, settings=settings, now=NOW)
        return f"/answer/{url.rpartition('/')[2]}"


def field(database: Database, name: str, lesson_id: int) -> str:
    with database.reading() as session:
        found = session.exec(select(FindingsRound)).one()
        row = session.exec(select(AskRow).where(AskRow.lesson_id == lesson_id)).one()
        return f"answer_{found.asked[name]}_{row.id}"


def typed_in(page: TestResponse) -> dict[str, str]:
    """What a browser would send, without the line break that begins a box of text."""
    return {name: value.strip() for name, value in form_values(page).items()}


def recorded(session: Session) -> list[tuple[str, str, str]]:
    return [(one.state, one.note, one.evidence) for one in session.exec(select(LessonProgress))]


def test_a_coordinator_asks_each_city_about_what_its_people_may_know_of(
    coordinator: FlaskClient, database: Database, net: Net, red_id: int
) -> None:
    page = text_of(coordinator.get("/findings"))
    assert "Ask cities how far they are" in page
    shown = coordinator.get(ASK)
    assert form_values(shown)["closes_on"] == "2027-03-31"  # of March and September, three weeks off
    assert "London 2 2" in text_of(shown)
    assert "Sydney 1 1" in text_of(shown)
    assert "Stockholm Nobody leads it or answers for it: it is not asked." in text_of(shown)
    sent = coordinator.post(ASK, data=UNTIL)
    assert sent.status_code == 303
    with database.reading() as session:
        ask = session.exec(select(Ask)).one()
        parties = {one.city_id: [to.person.name for to in one.addressees] for one in ask.parties}
        actions = session.exec(select(AuditEntry.action)).all()
    assert parties == {net.london.id: ["Carl", "Lena"], net.sydney.id: ["Sid"]}
    assert actions.count("open ask") == 1
    who = text_of(coordinator.get(sent.location))
    assert "Carl, London Silent" in who
    assert "Nobody says this" not in who


@ON_SQLITE
def test_cities_are_asked_once_at_a_time_and_until_a_day_to_come(
    coordinator: FlaskClient, contact: FlaskClient, net: Net, clock: HandClock
) -> None:
    late = coordinator.post(ASK, data={"closes_on": "2027-03-07"})
    assert late.status_code == 400
    assert "That day is over." in text_of(late)
    assert coordinator.post(ASK, data={"closes_on": "soon"}).status_code == 400
    assert coordinator.post(ASK, data={"closes_on": "9999-12-31"}).status_code == 400
    assert coordinator.post(ASK, data=UNTIL).status_code == 303
    assert "Cities are being asked now." in text_of(coordinator.get(ASK))
    assert coordinator.post(ASK, data=UNTIL).status_code == 409
    for method in (contact.get, contact.post):
        assert method(ASK).status_code == 403


@ON_SQLITE
def test_a_city_hands_in_by_its_link_and_its_progress_follows(
    client: FlaskClient, database: Database, settings: Settings, net: Net, asked: None
) -> None:
    link = link_of(database, settings, net.lead)
    state, note = (field(database, name, net.lesson_id) for name in ("state", "note"))
    typed = typed_in(client.get(link)) | {state: "Considering", note: NOTE}
    assert client.post(link, data=typed | {"do": "save"}).status_code == 303
    with database.reading() as session:
        assert recorded(session) == []  # a draft records nothing
    typed["version"] = typed_in(client.get(link))["version"]
    assert client.post(link, data=typed | {"do": "submit"}).status_code == 303
    with database.reading() as session:
        assert recorded(session) == [("considering", NOTE, "")]
    again = typed_in(client.get(link)) | {
        state: "In place",
        field(database, "evidence", net.lesson_id): LINK,
    }
    assert client.post(link, data=again | {"do": "submit"}).status_code == 303
    with database.reading() as session:
        assert recorded(session) == [("in place", NOTE, LINK)]
        said = select(AuditEntry.actor_id).where(AuditEntry.action == "say progress")
        assert len(session.exec(said).all()) == 2


@ON_SQLITE
def test_what_is_recorded_stands_in_the_form_and_what_is_not_touched_stays(
    client: FlaskClient, database: Database, settings: Settings, net: Net, asked: None, clock: HandClock
) -> None:
    says(database, net, Headway.UNDER_WAY, review_on=date(2027, 3, 9))
    link = link_of(database, settings, net.lead)
    clock.advance(hours=48)  # the day on which to look again is over
    typed = typed_in(client.get(link))
    assert typed[field(database, "state", net.lesson_id)] == "Under way"
    assert typed[field(database, "note", net.lesson_id)] == NOTE
    assert typed[field(database, "review_on", net.lesson_id)] == ""
    assert client.post(link, data=typed | {"do": "submit"}).status_code == 303
    with database.reading() as session:
        row = session.exec(select(LessonProgress)).one()
    assert (row.version, row.review_on) == (1, date(2027, 3, 9))


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "value", "at", "said"),
    [
        ("evidence", "see the minutes", "evidence", "Give a link that begins with https://"),
        ("review_on", "2027-03-01", "review_on", "Choose a day that is still to come."),
        ("state", "Not for us", "note", "Write why it is not for your city."),
    ],
)
def test_what_cannot_be_recorded_is_refused_at_its_field_and_nothing_is_kept(
    client: FlaskClient,
    database: Database,
    settings: Settings,
    net: Net,
    asked: None,
    name: str,
    value: str,
    at: str,
    said: str,
) -> None:
    link = link_of(database, settings, net.lead)
    typed = typed_in(client.get(link)) | {field(database, "state", net.lesson_id): "Considering"}
    sent = client.post(link, data=typed | {field(database, name, net.lesson_id): value, "do": "submit"})
    assert sent.status_code == 400
    assert said in text_of(sent)
    assert f'href="#{field(database, at, net.lesson_id)}"' in sent.text
    with database.reading() as session:
        assert recorded(session) == []
        assert session.exec(select(Contribution)).all() == []


@ON_SQLITE
def test_a_note_without_a_state_is_refused(
    client: FlaskClient, database: Database, settings: Settings, net: Net, asked: None
) -> None:
    link = link_of(database, settings, net.lead)
    typed = typed_in(client.get(link)) | {field(database, "note", net.lesson_id): NOTE, "do": "submit"}
    sent = client.post(link, data=typed)
    assert sent.status_code == 400
    assert "Say how far your city is, or leave all of it empty." in text_of(sent)


@ON_SQLITE
@pytest.mark.parametrize("meanwhile", ["rejected", "said on its page"])
def test_what_changed_since_the_page_was_opened_is_told_and_nothing_is_half_saved(
    client: FlaskClient, database: Database, settings: Settings, net: Net, asked: None, meanwhile: str
) -> None:
    link = link_of(database, settings, net.contact)
    with database.reading() as session:
        red = session.exec(select(Lesson.id).where(Lesson.marking == Marking.RED)).one() or 0
    typed = typed_in(client.get(link)) | {"do": "submit"}
    typed |= {field(database, "state", one): "In place" for one in (net.lesson_id, red)}
    if meanwhile == "rejected":
        with database.transaction() as session:
            session.get_one(Lesson, net.lesson_id).state = LessonState.REJECTED
    else:
        says(database, net, Headway.UNDER_WAY)
    sent = client.post(link, data=typed)
    assert sent.status_code == 409
    assert "were changed since you opened this page" in text_of(sent)
    with database.reading() as session:
        assert [one for one in recorded(session) if one[0] == "in place"] == []
        assert session.exec(select(Contribution)).all() == []
    if meanwhile == "rejected":
        assert field(database, "state", net.lesson_id) not in typed_in(client.get(link))
    else:
        assert typed_in(client.get(link))[field(database, "state", net.lesson_id)] == "Under way"


@ON_SQLITE
def test_a_city_is_shown_no_finding_that_its_reader_may_not_know_of(
    client: FlaskClient, database: Database, settings: Settings, net: Net, asked: None
) -> None:
    assert "Nobody says this" in client.get(link_of(database, settings, net.contact)).text
    for person in (net.lead, net.other):
        assert "Nobody says this" not in client.get(link_of(database, settings, person)).text
    link = link_of(database, settings, net.other)
    with database.transaction() as session:
        lesson = session.get_one(Lesson, net.lesson_id)
        lesson.marking, lesson.named_ids = Marking.RED, [net.coordinator.id or 0]
    assert "Say early who leads" not in client.get(link).text


@ON_SQLITE
def test_the_questions_that_progress_is_kept_by_stay(
    coordinator: FlaskClient, database: Database, asked: None
) -> None:
    with database.reading() as session:
        ask_id = session.exec(select(Ask.id)).one()
    page = text_of(coordinator.get(f"/asks/{ask_id}"))
    assert "Change the questions" not in page
    assert "Change the last day" in page
    for method in (coordinator.get, coordinator.post):
        assert method(f"/asks/{ask_id}/questions").status_code == 404


@ON_SQLITE
def test_coordinators_owe_to_ask_again_after_six_months(
    coordinator: FlaskClient, database: Database, net: Net, app: Flask
) -> None:
    installation = app.extensions["exchange"]
    plans = Plans(installation.plan, installation.profiles)
    window = Window(date(2027, 1, 1), date(2028, 1, 1), NOW, plans)

    def due(session: Session) -> list[date]:
        return [one.duty.due_on for one in duties_of_findings(session, window) if one.kind == ASK_CITIES]

    with database.reading() as session:
        assert due(session) == [date(2027, 9, 8)]  # six months after the finding
    with database.transaction() as session:
        row = session.get_one(City, net.stockholm.id)
        session.add(FindingsRound(opened_on=date(2027, 5, 31), opened_at=NOW, city_id=row.id or 0))
    with database.reading() as session:
        assert due(session) == [date(2027, 11, 30)]
    with database.transaction() as session:
        session.get_one(Lesson, net.lesson_id).state = LessonState.LEARNED
    with database.reading() as session:
        assert due(session) == []  # there is nothing to ask about


def says(database: Database, net: Net, state: Headway, **said: object) -> None:
    with database.transaction() as session:
        lesson, of = session.get_one(Lesson, net.lesson_id), session.get_one(City, net.london.id)
        draft = ProgressDraft(state, note=NOTE, **said)  # type: ignore[arg-type]  # a test's own keywords
        set_progress(session, lesson, of, draft, version=0, by=net.by)


@ON_SQLITE
def test_how_far_cities_are_leaves_as_a_table_for_who_plans(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net, asked: None
) -> None:
    says(database, net, Headway.CONSIDERING, evidence=LINK)
    with database.transaction() as session:
        ask_id = session.exec(select(Ask.id)).one()
        session.exec(select(LessonProgress)).one().note = "=1+1"
        red = session.exec(select(Lesson).where(Lesson.marking == Marking.RED)).one()
        red.named_ids = [net.contact.id or 0]  # the coordinator no more
    assert "Results as CSV" in text_of(coordinator.get(f"/asks/{ask_id}"))
    sent = coordinator.get(f"/export/asks/{ask_id}.csv")
    rows = sent.data.decode("utf-8-sig").splitlines()
    assert rows[0] == '"finding","city","state","note","evidence","look_again_on","marking"'
    assert rows[1] == f'"Say early who leads","London","considering","\'=1+1","{LINK}","","TLP:AMBER"'
    assert rows[2].startswith('"Say early who leads","Sydney","not started"')
    assert "Nobody says this" not in sent.text
    assert contact.get(f"/export/asks/{ask_id}.csv").status_code == 404
    with database.transaction() as session:
        red = session.exec(select(Lesson).where(Lesson.marking == Marking.RED)).one()
        red.named_ids = [net.coordinator.id or 0]
    assert "Nobody says this" not in coordinator.get(f"/export/asks/{ask_id}.csv").text, (
        "RED leaves in no file"
    )

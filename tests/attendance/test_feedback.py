"""Feedback: asked of those who were there, until the milestone's day, reminded once, shown without names."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlmodel import col, select

from exchange.db import Database
from exchange.lifecycle import begin_change, finish_change
from exchange.mail.outbox.delivery import transport_for
from exchange.models import (
    Ask,
    AskAddressee,
    Letter,
    LetterState,
    Person,
    Preparation,
    PreparationStep,
    TrainingKind,
)
from exchange.preferences.actions import stop_programme
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from tests.access.routes import ON_SQLITE
from tests.attendance.conftest import AFTER, Event, training_of
from tests.factories import stage_plan
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn


@pytest.fixture
def thanked(event: Event, sign_in: SignIn) -> Event:
    """Paul and Dora were there, and Dan was not."""
    answer = sign_in(event.people["lena"]).post(event.page, data=event.sent("paul", "dora"))
    assert answer.status_code == 303, text_of(answer)
    return event


def letters(database: Database, kind: str) -> dict[str, Letter]:
    with database.reading() as session:
        return {one.to_name: one for one in session.exec(select(Letter).where(Letter.kind == kind))}


def link_in(letter: Letter) -> str:
    found = re.search(r"/answer/\S+", letter.text)
    assert found, letter.text
    return found[0]


def of_ask(database: Database) -> list[Letter]:
    with database.reading() as session:
        return list(session.exec(select(Letter).where(col(Letter.ask_id).is_not(None))))


@pytest.fixture
def context(app: Flask, database: Database, settings: Settings, clock: HandClock) -> Iterator[Context]:
    templates = app.extensions["exchange"].ask_templates
    transport = transport_for(settings)
    yield Context(database, settings, stage_plan(), transport, clock, "test:1", ask_templates=templates)
    transport.close()


def test_those_who_were_there_are_asked_by_their_own_link_and_nobody_else(
    app: Flask, database: Database, thanked: Event
) -> None:
    thanks = letters(database, "event thanks")
    assert set(thanks) == {"Paul Police", "Dora Dublin"}
    assert "Please tell us by Thursday 10 June 2027, until it ends in London" in thanks["Paul Police"].text
    with database.reading() as session:
        ask = session.exec(select(Ask)).one()
        assert (ask.template, ask.closes_on, ask.time_zone) == ("event-feedback", date(2027, 6, 10), "")
        assert len(session.exec(select(AskAddressee)).all()) == 2
    visitor = app.test_client()
    page = visitor.get(link_in(thanks["Dora Dublin"]))
    assert page.status_code == 200
    for words in (
        "What was your part?",
        "Three strengths",
        "I am better prepared afterwards.",
        "Facilitator",
    ):
        assert words in text_of(page)


@ON_SQLITE
def test_who_is_added_later_gets_theirs_and_nobody_gets_two(
    database: Database, thanked: Event, sign_in: SignIn, clock: HandClock
) -> None:
    first = {name: one.id for name, one in letters(database, "event thanks").items()}
    clock.set(datetime(2027, 6, 8, 12, tzinfo=UTC))
    browser = sign_in(thanked.people["cora"])
    assert browser.post(thanked.page, data=thanked.sent("paul", "dora", "dan", version=2)).status_code == 303
    thanks = letters(database, "event thanks")
    assert set(thanks) == {"Paul Police", "Dora Dublin", "Dan Dublin"}
    assert {name: thanks[name].id for name in first} == first
    assert "by Thursday 10 June 2027" in thanks["Dan Dublin"].text
    clock.set(datetime(2027, 6, 12, 12, tzinfo=UTC))
    late = sign_in(thanked.people["cora"])
    sent = thanked.sent("paul", "dora", "dan", "sid", version=3)
    assert late.post(thanked.page, data=sent).status_code == 303
    sid = letters(database, "event thanks")["Sid Contact"]
    assert "/answer/" not in sid.text  # it has closed
    assert "Thank you for taking part" in sid.text


@ON_SQLITE
def test_thanks_bring_the_questions_and_one_reminder_goes_four_days_after_to_who_is_silent(
    app: Flask, database: Database, thanked: Event, context: Context, clock: HandClock
) -> None:
    """The ask's own first letter would have asked a second time."""
    dora = link_in(letters(database, "event thanks")["Dora Dublin"])
    clock.set(datetime(2027, 6, 4, 9, tzinfo=UTC))
    queue_reminders(context)
    answer(app, database, dora, "5")
    for day in (6, 7, 8, 9, 10, 12):
        clock.set(datetime(2027, 6, day, 9, tzinfo=UTC))
        queue_reminders(context)
    found = [one for one in of_ask(database) if one.state != LetterState.WITHDRAWN]
    assert sorted((one.kind, one.to_name) for one in found) == [
        ("ask-event-feedback_reminder", "Paul Police"),
        ("event thanks", "Dora Dublin"),
        ("event thanks", "Paul Police"),
    ]
    (reminder,) = [one for one in found if one.kind.endswith("reminder")]
    assert reminder.due_at == datetime(2027, 6, 7, 9, tzinfo=UTC)  # a Monday, on the fourth day after
    assert "until the end of Thursday 10 June 2027 in London" in reminder.text


@ON_SQLITE
def test_thanks_that_wait_say_nothing_of_what_became_red_and_their_questions_go_still(
    database: Database, thanked: Event, context: Context
) -> None:
    """They kept title and link of an event that was raised to TLP:RED before they left."""
    with database.transaction() as session:
        training = training_of(session, thanked)
        known = begin_change(session, training)
        training.marking, training.named_ids = Marking.RED, [thanked.people["dora"].id or 0]
        finish_change(session, training, known, AFTER)
    assert {one.state for one in letters(database, "event thanks").values()} == {LetterState.WITHDRAWN}
    for _ in range(2):
        queue_reminders(context)
        waiting = [one for one in of_ask(database) if one.state == LetterState.QUEUED]
        assert [(one.kind, one.to_name) for one in waiting] == [("ask-event-feedback", "Dora Dublin")]
    assert "Table-top" not in waiting[0].subject + waiting[0].text


@ON_SQLITE
def test_thanks_that_wait_bring_no_questions_that_were_closed(
    database: Database, thanked: Event, context: Context, sign_in: SignIn
) -> None:
    """They asked for an answer behind a link that took none."""
    with database.reading() as session:
        ask = session.exec(select(Ask)).one()
    sent = {"version": str(ask.version)}
    assert sign_in(thanked.people["cora"]).post(f"/asks/{ask.id}/close", data=sent).status_code == 303
    queue_reminders(context)
    assert {one.state for one in of_ask(database)} == {LetterState.WITHDRAWN}


@ON_SQLITE
def test_thanks_never_leave_after_the_day_that_they_name(database: Database, thanked: Event) -> None:
    paul = letters(database, "event thanks")["Paul Police"]
    assert paul.useless_after == datetime(2027, 6, 10, 23, tzinfo=UTC)  # midnight in London


@ON_SQLITE
def test_who_stopped_letters_of_the_programme_is_asked_without_a_letter(
    database: Database, event: Event, sign_in: SignIn
) -> None:
    """Story 28: they still get changes to what they accepted, and nothing else."""
    with database.transaction() as session:
        stop_programme(session, session.get_one(Person, event.people["paul"].id), how="page", now=AFTER)
    assert sign_in(event.people["lena"]).post(event.page, data=event.sent("paul", "dora")).status_code == 303
    assert set(letters(database, "event thanks")) == {"Dora Dublin"}
    assert letters(database, "event thanks")["Dora Dublin"].message_class == "programme"
    with database.reading() as session:
        assert len(session.exec(select(AskAddressee)).all()) == 2


@ON_SQLITE
def test_who_was_not_there_after_all_is_asked_no_more(
    app: Flask, database: Database, thanked: Event, context: Context, clock: HandClock, sign_in: SignIn
) -> None:
    link = link_in(letters(database, "event thanks")["Dora Dublin"])
    browser = sign_in(thanked.people["lena"])
    assert browser.post(thanked.page, data=thanked.sent("paul", version=2, seen=9)).status_code == 303
    assert app.test_client().get(link).status_code == 404
    clock.set(datetime(2027, 6, 7, 9, tzinfo=UTC))
    queue_reminders(context)
    waiting = {(one.kind, one.to_name) for one in of_ask(database) if one.state != LetterState.WITHDRAWN}
    assert waiting == {("event thanks", "Paul Police"), ("ask-event-feedback_reminder", "Paul Police")}
    again = thanked.sent("paul", "dora", version=3, seen=9)
    assert sign_in(thanked.people["cora"]).post(thanked.page, data=again).status_code == 303
    assert app.test_client().get(link_in(letters(database, "event thanks")["Dora Dublin"])).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("how", ["waived", "no profile", "moved"])
def test_the_milestone_says_whether_and_until_when(
    how: str, database: Database, event: Event, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        training = training_of(session, event)
        if how == "no profile":
            training.kind = TrainingKind.BOARD_MEETING
        row = Preparation(training_id=event.id)
        row.steps = [
            PreparationStep(
                milestone="feedback",
                waived_reason="Not now." if how == "waived" else "",
                moved_days=14 if how == "moved" else None,
            )
        ]
        session.add(row)
    assert sign_in(event.people["lena"]).post(event.page, data=event.sent("paul")).status_code == 303
    with database.reading() as session:
        closes = [one.closes_on for one in session.exec(select(Ask))]
    assert closes == ([date(2027, 6, 17)] if how == "moved" else [])
    assert set(letters(database, "event thanks")) == {"Paul Police"}


def answer(app: Flask, database: Database, link: str, score: str, **texts: str) -> None:
    """Hand in: one score for every scale, and texts by the beginning of their question."""
    browser = app.test_client()
    page = browser.get(link)
    with database.reading() as session:
        ask = session.exec(select(Ask)).one()
        sent: dict[str, str] = {}
        for one in ask.questions:
            if one.kind == "scale":
                sent[f"q{one.id}"] = score
            for begins, words in texts.items():
                if one.text.lower().startswith(begins.replace("_", " ")):
                    sent[f"q{one.id}"] = words
    assert page.status_code == 200
    names = re.findall(r'name="([^"]+)"', page.text)
    fields = {f"q{re.findall(r'[0-9]+', name)[0]}": name for name in names if re.findall(r"[0-9]+", name)}
    typed = {fields[key]: value for key, value in sent.items() if key in fields}
    version = re.findall(r'name="version"[^>]*value="([^"]*)"', page.text)
    handed = browser.post(link, data=typed | {"do": "submit", "version": (version or ["1"])[0]})
    assert handed.status_code == 303, text_of(handed)[:1500]

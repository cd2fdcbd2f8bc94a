"""A house of the version that had prompts becomes one that has asks and goes back, with every answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session

from exchange.answering.personal_links import Task, link_for
from exchange.app import create_app
from exchange.db import Database
from exchange.migrations import migrate
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    Contribution,
    ContributionVersion,
    TrainingEvent,
)
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from tests.answering.asked import ASKED_AT, answer, make_round
from tests.audit_key import CARRIED
from tests.factories import make_training

WITH_PROMPTS = "0024"


@pytest.fixture
def settings(empty_database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=empty_database_url, data_dir=tmp_path / "var", sample=False, feed_check_seconds=0
    )


def test_answers_and_links_outlive_the_way_back_and_forth(settings: Settings) -> None:
    url = settings.database_url
    migrate(url)
    links = fill(url, settings)
    before = rows(url, "contribution", "contribution_version", "personal_link")
    asked = rows(url, "ask", "ask_question", "ask_party", "ask_addressee")

    migrate(url, WITH_PROMPTS)
    prompts = rows(url, "prompt", "prompt_question", "prompt_party", "prompt_addressee")
    assert sorted(row["kind"] for row in prompts["prompt"]) == ["cities", "groups"]
    assert prompts["prompt_party"][0]["extended_on"] in {date(2027, 11, 19), "2027-11-19"}
    assert [len(prompts[name]) for name in prompts] == [len(asked[name]) for name in asked]

    migrate(url)
    assert rows(url, "ask", "ask_question", "ask_party", "ask_addressee") == asked
    assert rows(url, "contribution", "contribution_version", "personal_link") == before
    application = opened(settings)
    for path in links:
        page = application.test_client().get(path)
        assert (page.status_code, "What does" in page.text or "Which developments" in page.text) == (
            200,
            True,
        )
    ask_once_more(url)
    application.extensions["exchange"].database.dispose()


def test_what_no_prompt_can_hold_goes_on_the_way_back_and_nothing_else(settings: Settings) -> None:
    url = settings.database_url
    migrate(url)
    fill(url, settings)
    kept = rows(url, "contribution", "contribution_version", "personal_link")
    fill_event(url, settings)

    migrate(url, WITH_PROMPTS)
    migrate(url)

    assert rows(url, "contribution", "contribution_version", "personal_link") == kept


def fill(url: str, settings: Settings) -> list[str]:
    """People asked by both asks, one with more days, one answer handed in and one begun; their links."""
    with opened_at(url) as session:
        round_ = make_round(session)
        anna = round_.asked(session, round_.anna, CycleAsk.CITIES)
        emil = round_.asked(session, round_.emil, CycleAsk.GROUPS)
        anna.party.extended_on = date(2027, 11, 19)
        hand_in(session, answer(session, anna), {"1": "We train *together*."})
        answer(session, emil, submitted=False).answers = {"4": "Soon."}
        return [link(session, one, settings) for one in (anna, emil)]


def fill_event(url: str, settings: Settings) -> None:
    """An ask about an event, put to people by themselves, with a score."""
    with opened_at(url) as session:
        person = session.get_one(AskAddressee, 1).person
        event: TrainingEvent = make_training(session, host_city=person.city)
        ask = Ask(template="event-feedback", training_id=event.id, created_at=ASKED_AT, changed_at=ASKED_AT)
        ask.questions = [AskQuestion(position=1, kind="scale", text="Was it worth your time?")]
        party = AskParty(ask=ask)
        addressee = AskAddressee(party=party, person=person, holder=person, asked_at=ASKED_AT)
        session.add(addressee)
        session.flush()
        hand_in(session, answer(session, addressee), {str(ask.questions[0].id): 4})
        link(session, addressee, settings)


def hand_in(session: Session, contribution: Contribution, answers: dict[str, object]) -> None:
    contribution.answers = answers  # type: ignore[assignment]  # values of any kind
    version = ContributionVersion(
        number=1,
        person_id=contribution.author_id,
        submitted_at=ASKED_AT,
        marking="TLP:GREEN",
        answers=answers,
    )
    contribution.versions.append(version)
    session.flush()


def link(session: Session, addressee: AskAddressee, settings: Settings) -> str:
    url = link_for(session, Task(addressee.id), to=addressee.holder, settings=settings, now=ASKED_AT)
    return url.removeprefix(settings.base_url.rstrip("/"))


def ask_once_more(url: str) -> None:
    """New rows find ids of their own after those that were put in with theirs."""
    with opened_at(url) as session:
        party = session.get_one(AskParty, 1)
        session.add(AskQuestion(ask_id=party.ask_id, position=9, text="And then?"))
        session.flush()


def opened(settings: Settings) -> Flask:
    application = create_app(settings, now=lambda: ASKED_AT)
    application.config.update(TESTING=True)
    return application


@contextmanager
def opened_at(url: str) -> Iterator[Session]:
    """A transaction in a database that is closed behind it, so that a migration has it alone."""
    database = Database(url, carries=CARRIED)
    try:
        with database.transaction() as session:
            yield session
    finally:
        database.dispose()


def rows(url: str, *tables: str) -> dict[str, list[dict[str, object]]]:
    """All that stands in the tables."""
    database = Database(url)
    found: dict[str, list[dict[str, object]]] = {}
    with database.engine.connect() as connection:
        for table in tables:
            known = connection.execute(text(f"SELECT * FROM {table} ORDER BY id")).mappings()
            found[table] = [dict(row) for row in known]
    database.dispose()
    return found

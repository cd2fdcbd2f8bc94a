"""A cycle whose letters with links have gone out, and the people who hold them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.models import Letter, Person, Role
from exchange.settings import Settings
from tests.answering.asked import Round, make_round
from tests.factories import make_person, stage_plan
from tests.hand_clock import HandClock
from tests.named import name_everybody
from tests.queueing import queue_due
from tests.sign_in import SignIn

MONDAY = datetime(2027, 10, 18, 14, tzinfo=UTC)  # week 3: the letters are due, Washington's, too


@dataclass
class AskedCycle:
    """Who answers, by which links, in which browser."""

    round: Round
    coordinator: Person
    links: dict[str, str]  # name: path
    app: Flask
    database: Database
    clock: HandClock
    sign_in: SignIn

    def browser(self) -> FlaskClient:
        """A browser in which nobody is signed in."""
        return self.app.test_client()

    def questions(self, name: str) -> list[str]:
        """The names of the answer fields on somebody's page."""
        page = self.browser().get(self.links[name]).text
        return re.findall(r'name="(answer_\d+)"', page)

    def typed(self, name: str, **more: object) -> dict[str, object]:
        """A complete answer of somebody's, opened before anything was saved; None leaves a field out."""
        first = self.questions(name)[0]
        values: dict[str, object] = {
            "version": "0",
            first: "We train **together**.",
            "practice_note": "",
            "links": "",
            "marking": "TLP:GREEN",
            "do": "submit",
        }
        return {key: value for key, value in (values | more).items() if value is not None}

    def letters(self, kind: str) -> list[Letter]:
        with self.database.reading() as session:
            return list(session.exec(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))  # type: ignore[arg-type]


@pytest.fixture
def asking(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> AskedCycle:
    return make_asked_cycle(app, database, settings, clock, sign_in)


def make_asked_cycle(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn, **fields: object
) -> AskedCycle:
    clock.set(MONDAY)
    with database.transaction() as session:
        round_ = make_round(session, **fields)
        coordinator = make_person(session, "Cora", city=round_.london, roles=[Role.COORDINATOR])
        if fields.get("marking") == "TLP:RED":
            name_everybody(session)
    queue_letters(database, settings, clock)
    with database.reading() as session:
        links = _links(session, settings)
    return AskedCycle(round_, coordinator, links, app, database, clock, sign_in)


def queue_letters(database: Database, settings: Settings, clock: HandClock) -> int:
    with database.transaction() as session:
        return queue_due(session, plan=stage_plan(), settings=settings, now=clock())


def _links(session: Session, settings: Settings) -> dict[str, str]:
    """By reader's name, from the text of the letters."""
    found = {}
    for letter in session.exec(select(Letter)):
        link = re.search(re.escape(settings.base_url) + r"(/answer/\S+)", letter.text)
        if link:
            found[letter.to_name] = link[1]
    return found

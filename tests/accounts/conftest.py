"""People who sign in, and what their second factors say."""

import re
from datetime import datetime

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, City, Letter, Person, Role
from exchange.settings import Settings
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


@pytest.fixture
def city(database: Database) -> City:
    with database.transaction() as session:
        return make_city(session)


@pytest.fixture
def cora(database: Database, city: City) -> Person:
    """A coordinator; another one stands by, so that she may be anything."""
    with database.transaction() as session:
        make_person(session, "Dan Other", city=city, roles=[Role.COORDINATOR])
        return make_person(
            session, "Cora Dinator", city=city, email="cora@example.org", roles=[Role.COORDINATOR]
        )


class Factor:
    """A person's app, and the way they sign in with it."""

    def __init__(self, secret: str, codes: list[str], clock: HandClock) -> None:
        self.secret, self.codes, self.clock = secret, codes, clock

    def code(self, at: datetime | None = None) -> str:
        return pyotp.TOTP(self.secret).at(at or self.clock())


def set_up(client: FlaskClient, clock: HandClock) -> Factor:
    """Set up an app in the browser of a person."""
    page = client.get("/account/sign-in/app").text
    secret, sealed = (
        re.search(pattern, page)[1]  # type: ignore[index]  # the page has both
        for pattern in (r'readonly value="([A-Z2-7]+)"', r'name="sealed"[^>]* value="([^"]+)"')
    )
    answer = client.post(
        "/account/sign-in/app", data={"code": pyotp.TOTP(secret).at(clock()), "sealed": sealed}
    )
    assert answer.status_code == 200, answer.text
    return Factor(secret, re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text), clock)


@pytest.fixture
def factor(sign_in: SignIn, cora: Person, clock: HandClock) -> Factor:
    """What Cora's app says. It was set up a minute ago."""
    made = set_up(sign_in(cora), clock)
    clock.advance(minutes=1)
    return made


@pytest.fixture
def enforcing(app: Flask, settings: Settings) -> None:
    """The installation asks for second factors as in production."""
    always = settings.model_copy(update={"second_factor": "always"})
    object.__setattr__(app.extensions["exchange"], "settings", always)


def actions_of(database: Database) -> list[str]:
    with database.reading() as session:
        return [entry.action for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id))]


def texts_of(database: Database, kind: str) -> list[str]:
    with database.reading() as session:
        found = select(Letter.text).where(Letter.kind == kind).order_by(Letter.id)
        return list(session.exec(found))

"""Every form there is, sent empty and sent spoilt: each is answered with a sentence, none with 500."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.routing import Rule

from exchange.commands.initial_data import fill
from exchange.db import Database
from exchange.models import Person, PersonRole, Role
from exchange.settings import Settings
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

ARGUMENTS = {"slug": "stockholm", "key": "launch", "kind": "themes", "filename": "base.css"}
SPOILT = ("\x00Two\r\nlines: \u202eand\x07", "9" * 400)
SIGNS_OUT = "/sign-out"
NAMES = re.compile(r'name="([^"]+)"')


@pytest.fixture
def coordinator(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> FlaskClient:
    with database.transaction() as session:
        fill(session, settings, clock(), with_sample=True)
        person = session.exec(
            select(Person).join(PersonRole).where(PersonRole.role == Role.COORDINATOR).order_by(Person.id)
        ).first()
        assert person is not None
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)  # a fault is answered as in production
    return sign_in(person)


def address_of(rule: Rule) -> str:
    """The rule's address with the first row, or a known name, in each place."""
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: ARGUMENTS.get(found[1], "1"), rule.rule)


def forms_of(app: Flask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return sorted({address_of(rule) for rule in rules if not rule.rule.startswith(SIGNS_OUT)})


def test_no_form_fails_on_what_is_sent(app: Flask, coordinator: FlaskClient) -> None:
    """A new exchange sent without its stages was answered with 500."""
    failed = []
    for address in forms_of(app):
        names = set(NAMES.findall(coordinator.get(address).get_data(as_text=True))) - {"csrf_token"}
        for sent in ({}, *(dict.fromkeys(names, text) for text in SPOILT)):
            answer = coordinator.post(address, data=sent)
            if answer.status_code >= 500:
                failed.append((address, sorted(sent.values())[:1]))
    assert failed == []

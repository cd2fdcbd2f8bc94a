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
SIGNS_OUT = ("accounts.sign_out", "accounts.end_session")  # after these every other form would be refused
NAMES = re.compile(r'name="([^"]+)"')
FIRST_ROW = re.compile(r"(.+?)-0(-.+)?")  # the name of a field in the first of several rows
NUMBERS = ("²", "9" * 5000, "999")  # of rows; Python calls the first a digit, and will not read the second


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
    return sorted({address_of(rule) for rule in rules if rule.endpoint not in SIGNS_OUT})


def misnumbered(names: set[str]) -> list[dict[str, str]]:
    """Rows such as the page has, with numbers that it does not write; none for a page without rows."""
    found = [row.groups("") for name in names if (row := FIRST_ROW.fullmatch(name))]
    return [{f"{row}-{number}{cell}": "1" for row, cell in found} for number in NUMBERS] if found else []


def test_no_form_fails_on_what_is_sent(app: Flask, coordinator: FlaskClient) -> None:
    """A new exchange sent without its stages was answered with 500, and so was a row agendas-²."""
    failed, rows = [], set()
    for address in forms_of(app):
        names = set(NAMES.findall(coordinator.get(address).get_data(as_text=True))) - {"csrf_token"}
        rows |= {row[1] for name in names if (row := FIRST_ROW.fullmatch(name))}
        for sent in ({}, *(dict.fromkeys(names, text) for text in SPOILT), *misnumbered(names)):
            answer = coordinator.post(address, data=sent)
            if answer.status_code >= 500:
                failed.append((address, sorted(sent)[0][:40], sorted(sent.values())[:1]))
    assert failed == []
    assert rows >= {"agendas", "stage_weeks", "quiet_periods", "closed", "pauses", "kinds"}

"""Who left, came back or got another address: nothing of before lets anybody in."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.accounts.actions import make_sign_in_link
from exchange.db import Database
from exchange.models import Person
from exchange.network.actions.people import edit_person
from exchange.network.drafts import draft_of_person
from exchange.settings import Settings
from tests.contributions.conftest import AskedCycle, make_asked_cycle
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


@pytest.fixture
def asking(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> AskedCycle:
    return make_asked_cycle(app, database, settings, clock, sign_in)


class Before:
    """Somebody's session, sign-in link and personal link, from before they were changed."""

    def __init__(self, asking: AskedCycle, settings: Settings) -> None:
        self.asking, self.settings = asking, settings
        name, self.personal = next(iter(asking.links.items()))
        with asking.database.transaction() as session:
            self.person = session.exec(select(Person).where(Person.name == name)).one()
            url = make_sign_in_link(session, self.person, settings=settings, now=asking.clock())
        self.link = url.removeprefix(settings.base_url)
        self.client = asking.sign_in(self.person)

    def change(self, actor: Person | None = None, **fields: object) -> None:
        with self.asking.database.transaction() as session:
            row = session.get_one(Person, self.person.id)
            draft = replace(draft_of_person(row), **fields)  # type: ignore[arg-type]  # of the draft's own fields
            by = actor or self.asking.coordinator
            edit_person(session, row, draft, actor=by, settings=self.settings, now=self.asking.clock())

    def what_opens(self) -> list[bool]:
        """Whether the session, the sign-in link and the personal link still do."""
        fresh: FlaskClient = self.asking.browser()
        return [
            self.client.get("/account/sessions").status_code == 200,
            fresh.get(self.link).status_code == 200,
            fresh.get(self.personal).status_code == 200,
        ]


def test_return_revives_nothing(asking: AskedCycle, settings: Settings) -> None:
    """A personal link, a session and a letter's link lived again when its person was made active again."""
    before = Before(asking, settings)
    assert before.what_opens() == [True, True, True]
    before.change(is_active=False)
    assert before.what_opens() == [False, False, False]
    before.change(is_active=True)
    assert before.what_opens() == [False, False, False]
    assert asking.sign_in(before.person).get("/account/sessions").status_code == 200


def test_links_sent_to_an_old_address_end_and_sessions_with_them(
    asking: AskedCycle, settings: Settings
) -> None:
    before = Before(asking, settings)
    before.change(email="new@example.org")
    assert before.what_opens() == [False, False, False]


def test_who_changes_their_own_address_stays_signed_in(asking: AskedCycle, settings: Settings) -> None:
    before = Before(asking, settings)
    before.change(before.person, email="new@example.org")
    assert before.what_opens() == [True, False, False]


def test_other_changes_end_nothing(asking: AskedCycle, settings: Settings) -> None:
    before = Before(asking, settings)
    before.change(name="Another Name")
    assert before.what_opens() == [True, True, True]

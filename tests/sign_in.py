"""A way for tests to be signed in as somebody: through a fresh link, as that person would be."""

from flask import Flask
from flask.testing import FlaskClient

from exchange.accounts.actions import answer_request, make_sign_in_link, waiting_requests
from exchange.db import Database
from exchange.models import Person
from exchange.settings import Settings
from tests.hand_clock import HandClock

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


class SignIn:
    """Lets people in by a fresh link, each time in a browser of its own."""

    def __init__(self, app: Flask, database: Database, settings: Settings, clock: HandClock) -> None:
        self.app, self.database, self.settings, self.clock = app, database, settings, clock

    def __call__(
        self, person: Person, browser: str = FIREFOX, *, leads_to: str = "/account/sessions"
    ) -> FlaskClient:
        """A browser in which they are signed in, by a link that led to a page of their own."""
        with self.database.transaction() as session:
            url = make_sign_in_link(
                session, person, leads_to=leads_to, settings=self.settings, now=self.clock()
            )
        client = self.app.test_client()
        client.post(url.removeprefix(self.settings.base_url), headers={"User-Agent": browser})
        return client


def answer_asked(database: Database, settings: Settings, clock: HandClock) -> None:
    """What the clock process does seconds after links were asked for: queue the letters."""
    with database.reading() as session:
        waiting = waiting_requests(session, 100)
    for request_id in waiting:
        with database.transaction() as session:
            answer_request(session, request_id, settings=settings, now=clock())

"""A network in the midst of its programme, with every kind of form on some page, put back at will."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import SQLModel, select
from werkzeug.routing import Rule

from exchange.app import create_app
from exchange.db import Database
from exchange.feeds.subscriptions.feed_lifecycle import ensure_feeds
from exchange.models import Board, BoardMember, Letter, Organisation, Person, Role
from exchange.settings import Settings
from tests.answering.asked import make_round
from tests.audit_key import CARRIED
from tests.compiled import with_compiled_templates
from tests.factories import make_city, make_cycle, make_person, make_training, stage_plan
from tests.hand_clock import HandClock
from tests.hostile.pages_with_forms import NO_FORMS, Form, forms_found
from tests.queueing import queue_due
from tests.sign_in import SignIn

NOW = datetime(2027, 10, 18, 14, tzinfo=UTC)  # Monday of week 3: the letters that ask are due
ON = date(2027, 11, 18)
LINK = re.compile(r"(/(?:answer|review|attend|letters/preferences)/[\w.-]+)")
USUAL_VALUES = (
    *(("version", "1"), ("reason", "A reason."), ("text", "A text."), ("outcome", "resolved")),
    *(("word", "Done."), ("email", "anna@example.org"), ("next", "/cycles"), ("marking", "TLP:AMBER")),
    *(("seconds", "60"), ("kind", "ics"), ("url", "https://example.org/a.ics"), ("user", "")),
    *(("password", ""), ("names", "C1")),
    ("List-Unsubscribe", "One-Click"),
)
KNOWN = {"slug": "stockholm", "key": "launch", "kind": "themes", "what": "party"}


class HostileWorld:
    """An installation that is put back to how it was after whatever was posted to it."""

    def __init__(
        self, app: Flask, client: FlaskClient, pages: list[str], forms: list[Form], file: Path
    ) -> None:
        self.app, self.client, self.pages, self.forms = app, client, pages, forms
        self._watcher = sqlite3.connect(file)
        self._copy = sqlite3.connect(":memory:")
        self._watcher.backup(self._copy)
        self._version = self._data_version()

    def has_changed(self) -> bool:
        """Whether anything was committed since it was last put back, but that a page was refused."""
        if self._data_version() == self._version:
            return False
        return bool(self.changed_tables())

    def changed_tables(self) -> list[str]:
        """The tables that are not as they were."""
        return [one for one in _OF_THE_PROGRAMME if _rows(self._watcher, one) != _rows(self._copy, one)]

    def put_back(self) -> None:
        if self._data_version() != self._version:
            self._copy.backup(self._watcher)
            self._version = self._data_version()

    def close(self) -> None:
        self._watcher.close()
        self._copy.close()

    def _data_version(self) -> int:
        return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])


# What is refused is written down and counted all the same.
_OF_THE_PROGRAMME = sorted(
    name for name in SQLModel.metadata.tables if name != "rate_count" and not name.startswith("audit_")
)


def _rows(connection: sqlite3.Connection, table: str) -> list[object]:
    return connection.execute(f"SELECT * FROM {table}").fetchall()


@contextmanager
def hostile_world(file: Path, folder: Path) -> Iterator[HostileWorld]:
    """The world over a migrated SQLite file: a sample programme in its third week, a planner signed in."""
    settings = Settings(
        database_url=f"sqlite:///{file}", data_dir=folder / "var", sample=False, feed_check_seconds=0
    )
    clock = HandClock(NOW)
    database = Database(settings.database_url, carries=CARRIED)
    app = with_compiled_templates(create_app(settings, now=clock))
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    coordinator, links = _programme_under_way(database, settings, clock)
    sign_in = SignIn(app, database, settings, clock)
    client, _other_session = sign_in(coordinator), sign_in(coordinator)
    _take_part(client)
    addresses = [*links, *_addresses(app)]
    forms = forms_found(app, client, addresses)
    pages = [*links, *sorted({_address(rule) for rule in app.url_map.iter_rules() if "GET" in rule.methods})]
    world = HostileWorld(app, client, pages, [*forms, *_forms_not_found(app, forms)], file)
    try:
        yield world
    finally:
        world.close()
        database.dispose()
        app.extensions["exchange"].database.dispose()


def _programme_under_way(
    database: Database, settings: Settings, clock: HandClock
) -> tuple[Person, list[str]]:
    """A cycle in its third week, its letters queued: a coordinator, and the links in the letters."""
    with database.transaction() as session:
        round_ = make_round(session)
        stockholm = make_city(session, "Stockholm")
        coordinator = make_person(session, "Cora", city=round_.london, roles=[Role.COORDINATOR])
        for is_published in (True, False):
            make_cycle(session, lead_city=stockholm, is_published=is_published, starts_on=date(2027, 12, 6))
            make_training(session, host_city=stockholm, on_local=ON, is_published=is_published)
        session.add(Board(key="B1", name="Steering board", members=[BoardMember(person_id=coordinator.id)]))
        session.add(Organisation(key="P1", name="A university", kind="academic"))
        ensure_feeds(session, settings, clock())
    with database.transaction() as session:
        queue_due(session, plan=stage_plan(), settings=settings, now=clock())
    with database.reading() as session:
        texts = session.exec(select(Letter.text)).all()
    links = [link for text in texts for link in LINK.findall(text)]
    return coordinator, sorted({link.split("/")[1]: link for link in links}.values())


def _take_part(client: FlaskClient) -> None:
    """What a page shows only once something was done: a product in review, and a busy calendar."""
    product = {"version": "0", "title": "A product", "marking": "TLP:GREEN", "text": "A text.", "do": "save"}
    for address, typed in (
        ("/cycles/1/product/edit", product),
        ("/cycles/1/product/review", {}),
        ("/busy/give", {"owner": "me", "kind": "ics", "url": "https://example.org/a.ics"}),
    ):
        assert client.post(address, data=typed).status_code == 303, address


def _addresses(app: Flask) -> list[str]:
    """Each page's address with the first row, or a known name, in its places."""
    found = {_address(rule) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return sorted(address for address in found if not NO_FORMS.search(address))


def _forms_not_found(app: Flask, forms: list[Form]) -> list[Form]:
    """A form for each route that takes one and shows none just now, with the fields that such forms have."""
    found = {form.endpoint for form in forms}
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return [
        Form(_address(rule), rule.endpoint, USUAL_VALUES, tuple(name for name, _ in USUAL_VALUES))
        for rule in sorted(rules, key=lambda rule: rule.rule)
        if rule.endpoint not in found
    ]


def _address(rule: Rule) -> str:
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda place: KNOWN.get(place[1], "1"), rule.rule)

"""A browser, and a house to look at: web over HTTP on loopback, with the network and the sample programme."""

import logging
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlmodel import select
from werkzeug.serving import make_server

from exchange.accounts.actions import make_sign_in_link
from exchange.app import create_app
from exchange.commands.filling import fill
from exchange.db import Database
from exchange.models import Person, PersonRole, Role
from exchange.settings import Settings
from tests.browser.chromium import running_browser
from tests.browser.gallery import gallery
from tests.compiled import with_compiled_templates
from tests.hand_clock import HandClock

TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class House:
    """A house with its sample programme, seen from outside."""

    settings: Settings
    database: Database
    clock: HandClock

    def url(self, path: str) -> str:
        return self.settings.base_url + path

    def link_for(self, role: Role, leads_to: str = "/") -> str:
        """A fresh sign-in link for the first person with ``role``."""
        with self.database.transaction() as session:
            of_role = select(Person).join(PersonRole).where(PersonRole.role == role).order_by(Person.id)
            person = session.exec(of_role).first()
            assert person is not None
            return make_sign_in_link(
                session, person, leads_to=leads_to, settings=self.settings, now=self.clock()
            )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    with running_browser() as started:
        yield started


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for the tests of a file: they look, and what they change they make themselves."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(sqlite_template, folder / "exchange.db")
    port = _free_port()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'exchange.db'}",
        data_dir=folder,
        base_url=f"http://127.0.0.1:{port}",
    )
    database, clock = Database(settings.database_url), HandClock(TODAY)
    with database.transaction() as session:
        fill(session, settings, clock(), with_sample=True)
    app = with_compiled_templates(create_app(settings, now=clock))
    app.register_blueprint(gallery)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield House(settings, database, clock)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["exchange"].database.dispose()
    database.dispose()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port

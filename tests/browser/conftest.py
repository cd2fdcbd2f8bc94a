"""A browser, and an installation to look at: web on loopback, with the network and the sample programme."""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlmodel import select
from werkzeug.serving import make_server

from exchange.accounts.actions import make_sign_in_link
from exchange.app import create_app
from exchange.commands.initial_data import fill
from exchange.db import Database
from exchange.models import Person, PersonRole, Role
from exchange.settings import Settings
from tests.audit_key import CARRIED
from tests.browser.chromium import running_browser
from tests.browser.gallery import gallery
from tests.compiled import with_compiled_templates
from tests.free_ports import free_port
from tests.hand_clock import HandClock

TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class SampleInstallation:
    """An installation, most often with its sample programme, seen from outside."""

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
def installation(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SampleInstallation]:
    """One installation for the tests of a file: they look, and what they change they make themselves."""
    with running_installation(sqlite_template, tmp_path_factory.mktemp("installation")) as found:
        yield found


@contextmanager
def running_installation(template: Path, folder: Path, **more: object) -> Iterator[SampleInstallation]:
    """An installation with its sample, over a copy of an empty database, with settings of its own."""
    with serving(template, folder, **more) as found:
        with found.database.transaction() as session:
            fill(session, found.settings, found.clock(), with_sample=True)
        yield found


@contextmanager
def serving(template: Path, folder: Path, **more: object) -> Iterator[SampleInstallation]:
    """The same with nothing in it yet."""
    shutil.copy(template, folder / "exchange.db")
    port = free_port()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'exchange.db'}",
        data_dir=folder,
        base_url=f"http://localhost:{port}",  # passkeys want a name
        **more,
    )
    database, clock = Database(settings.database_url, carries=CARRIED), HandClock(TODAY)
    app = with_compiled_templates(create_app(settings, now=clock))
    app.register_blueprint(gallery)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SampleInstallation(settings, database, clock)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["exchange"].database.dispose()
    database.dispose()

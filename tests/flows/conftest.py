"""All processes on loopback: web over HTTP, ticks of the clock, letters over SMTP, time moved by hand."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from werkzeug.serving import make_server

from exchange.app import create_app
from exchange.commands.initial_data import SAMPLE_FILES
from exchange.db import Database
from exchange.duties.configured import ask_templates_of, stage_plan_of
from exchange.mail.outbox.delivery import transport_for
from exchange.network.network_import import load_network
from exchange.settings import Settings
from jobs.context import Context
from tests.audit_key import CARRIED
from tests.compiled import with_compiled_templates
from tests.flows.running_processes import RunningInstallation
from tests.free_ports import free_port
from tests.hand_clock import HandClock
from tests.mail.sink import Sink, running


@pytest.fixture
def installation(database_url: str, tmp_path: Path, clock: HandClock) -> Iterator[RunningInstallation]:
    """The network of config/network.toml with invented people, empty of programme, CSRF on, over HTTP."""
    with _served(database_url, tmp_path, clock) as served:
        with served.database.transaction() as session:
            for path in (served.settings.network_file, SAMPLE_FILES[0]):
                load_network(session, path, settings=served.settings, now=clock())
        yield served


@pytest.fixture
def empty_installation(database_url: str, tmp_path: Path, clock: HandClock) -> Iterator[RunningInstallation]:
    """The same with nobody in it."""
    with _served(database_url, tmp_path, clock) as served:
        yield served


@contextmanager
def _served(database_url: str, tmp_path: Path, clock: HandClock) -> Iterator[RunningInstallation]:
    sink = Sink()
    with running(sink) as mail_server:
        port = free_port()
        settings = Settings(
            database_url=database_url,
            data_dir=tmp_path / "var",
            base_url=f"http://127.0.0.1:{port}",
            smtp_url=SecretStr(f"smtp://{mail_server}?starttls=never"),
            sample=False,
            feed_check_seconds=0,  # a change is asked for at once, not within the promised two seconds
        )
        database = Database(database_url, carries=CARRIED)
        app = with_compiled_templates(create_app(settings, now=clock))
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield RunningInstallation(settings, database, clock, sink, _context(settings, database, clock))
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["exchange"].database.dispose()
        database.dispose()


def _context(settings: Settings, database: Database, clock: HandClock) -> Context:
    def now() -> datetime:
        return clock()

    return Context(
        database=database,
        settings=settings,
        plan=stage_plan_of(settings),
        transport=transport_for(settings),
        now=now,
        worker="flow",
        ask_templates=ask_templates_of(settings),
    )

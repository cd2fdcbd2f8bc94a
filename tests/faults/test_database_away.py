"""The database stopped, killed or stuck: said once, to each in their way, and survived."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from structlog.testing import capture_logs

from exchange import clock
from exchange.app import create_app
from exchange.audit import wait_for_turn
from exchange.db import Database, Limits, is_reachable
from exchange.mail.outbox.delivery import deliver_due
from exchange.mail.outbox.unfinished import Unfinished
from exchange.mail.wire.smtp import SmtpTransport
from exchange.models import JobRun, LetterState
from exchange.operations import remembered_readiness
from exchange.settings import Settings
from exchange.system.outages import Outage, outage_in
from jobs.context import Context
from jobs.schedule import ticks
from jobs.ticks import run_tick
from tests.audit_key import CARRIED
from tests.factories import stage_plan
from tests.faults.stoppable_postgres import StoppablePostgres, stoppable_postgres
from tests.mail.letters import NOW, all_letters, queue_letters
from tests.mail.sink import Sink, running
from tests.postgres import PostgresUnavailable
from tests.required import unavailable

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

LETTERS = 6


@pytest.fixture(scope="module")
def one_postgres() -> Iterator[StoppablePostgres]:
    try:
        with stoppable_postgres() as made:
            yield made
    except PostgresUnavailable as reason:
        unavailable(str(reason))


@pytest.fixture
def postgres(one_postgres: StoppablePostgres) -> Iterator[StoppablePostgres]:
    yield one_postgres
    one_postgres.stop()
    one_postgres.start()


@pytest.fixture
def own_settings(postgres: StoppablePostgres, tmp_path: Path) -> Settings:
    return Settings(database_url=postgres.url, data_dir=tmp_path, database_connect_seconds=1)


@pytest.fixture
def own_database(own_settings: Settings) -> Iterator[Database]:
    database = Database(own_settings.database_url, carries=CARRIED)
    yield database
    database.dispose()


@pytest.fixture
def own_app(own_settings: Settings) -> Iterator[Flask]:
    made = create_app(own_settings)
    yield made
    made.extensions["exchange"].database.dispose()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_pages_say_that_the_database_is_away_and_go_on_when_it_is_back(
    own_app: Flask, postgres: StoppablePostgres, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_readiness, "SECONDS", 0.0)
    browser = own_app.test_client()
    assert browser.get("/").status_code == 200
    getattr(postgres, how)()
    with capture_logs() as logs:
        answers = [browser.get("/") for _ in range(5)]
    assert {(one.status_code, one.headers["Retry-After"]) for one in answers} == {(503, "10")}
    assert "does not reach its database" in answers[0].text
    told = Counter(line["event"] for line in logs if line["event"] != "request answered")
    assert told == {Outage.AWAY.value: 1}
    assert not any("exc_info" in line for line in logs)
    assert browser.get("/healthz").status_code == 200
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "not ok  database: does not answer\n")
    assert browser.get("/feeds/network.ics").status_code == 503
    postgres.start()
    assert browser.get("/").status_code == 200
    assert "ok      database\n" in browser.get("/readyz").text


def test_every_tick_outlives_the_database_and_says_so_once(
    own_database: Database, own_settings: Settings, postgres: StoppablePostgres
) -> None:
    with running(Sink()) as at:
        transport = SmtpTransport(f"smtp://{at}", timeout=5)
        context = Context(own_database, own_settings, stage_plan(), transport, clock.utc_now, worker="test:1")
        postgres.stop()
        with capture_logs() as logs:
            for tick in ticks(own_settings):
                run_tick(tick, context)
        assert Counter(line["event"] for line in logs) == {Outage.AWAY.value: 1}
        postgres.start()
        for tick in ticks(own_settings):
            run_tick(tick, context)
    with own_database.reading() as session:
        outcomes = list(session.exec(select(JobRun.outcome)))
    assert len(outcomes) == len(ticks(own_settings))
    assert not [one for one in outcomes if one.startswith("Failed")]


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_letters_of_a_living_clock_go_on_at_once_and_none_goes_twice(
    own_database: Database, own_settings: Settings, postgres: StoppablePostgres, how: str
) -> None:
    """They waited until stuck_seconds had passed, as if their clock had died."""
    with own_database.transaction() as session:
        session.connection().execute(text("TRUNCATE letter, person, city CASCADE"))
    queue_letters(own_database, LETTERS)
    sink = Sink()

    def leave(_content: bytes) -> str:
        if len(sink.arrived) == 2:
            getattr(postgres, how)()
        return "250 OK"

    sink.at_data = leave
    unfinished = Unfinished()
    with running(sink) as at:
        transport = SmtpTransport(f"smtp://{at}", timeout=10)

        def deliver() -> object:
            return deliver_due(
                own_database,
                transport,
                own_settings,
                now=NOW,
                worker="test:1",
                limit=100,
                unfinished=unfinished,
            )

        with pytest.raises(DBAPIError):
            deliver()
        with pytest.raises(DBAPIError):  # still away: nothing is forgotten
            deliver()
        assert len(sink.arrived) == 3
        postgres.start()
        deliver()
        transport.close()
    assert {letter.state for letter in all_letters(own_database)} == {LetterState.SENT}
    assert sorted(Counter(str(one["Message-ID"]) for one in sink.messages).values()) == [1] * LETTERS


def test_one_stuck_session_takes_neither_readers_nor_for_good_the_writers(
    postgres: StoppablePostgres,
) -> None:
    limits = Limits(lock_seconds=1, idle_seconds=3, statement_seconds=2)
    stuck = Database(postgres.url, carries=CARRIED, limits=limits)
    web = Database(postgres.url, carries=CARRIED, limits=limits)
    with closing(stuck.engine.connect()) as holder:
        holder.execute(text("SELECT * FROM audit_head FOR UPDATE"))
        with pytest.raises(DBAPIError) as waited, web.transaction() as session:
            wait_for_turn(session)
        assert outage_in(waited.value) is Outage.BUSY
        assert is_reachable(web)
        while not gets_a_turn(web):  # until the server has ended who does nothing in a transaction
            pass
        with pytest.raises(DBAPIError) as ended:
            holder.execute(text("SELECT 1"))
        assert outage_in(ended.value) in (Outage.BUSY, Outage.AWAY)
        holder.invalidate()
    with pytest.raises(DBAPIError) as endless, web.reading() as session:
        session.connection().execute(text("SELECT pg_sleep(60)"))
    assert outage_in(endless.value) is Outage.BUSY
    for one in (stuck, web):
        one.dispose()


def gets_a_turn(database: Database) -> bool:
    try:
        with database.transaction() as session:
            wait_for_turn(session)
    except DBAPIError as error:
        if outage_in(error) is not Outage.BUSY:
            raise
        return False
    return True


def test_a_database_that_never_answers_is_away(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings = Settings(
            database_url=f"postgresql://nobody@127.0.0.1:{port}/exchange",
            data_dir=tmp_path,
            database_connect_seconds=1,
        )
        answer = create_app(settings).test_client().get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")

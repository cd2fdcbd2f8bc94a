"""What monitors are told: alive, ready, and numbers that are the same whichever process is asked."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr, ValidationError
from sqlmodel import select

from exchange.app import create_app
from exchange.db import Database
from exchange.health.measurements import Measurements, forget_old_gauges
from exchange.health.tick_intervals import tick_seconds
from exchange.models import JobRun, Measurement
from exchange.operations import remembered_readiness
from exchange.operations.tick_watch import TickWatch
from exchange.settings import Settings
from tests.hand_clock import HandClock
from tests.mail.letters import queue_letters
from tests.statements import counted

TOKEN = "a token of the tests, of no installation"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def watched(app: Flask) -> Flask:
    """The application, with a token for its metrics."""
    here = app.extensions["exchange"]
    here = replace(here, settings=here.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)}))
    app.extensions["exchange"] = here
    return app


def samples(client: FlaskClient) -> Samples:
    """Read by Prometheus' own reader."""
    answer = client.get("/metrics", headers=SHOWN)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    families = text_string_to_metric_families(answer.text)
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value for each in families for one in each.samples
    }


def ran(database: Database, clock: HandClock, jobs: dict[str, int], *, outcome: str = "done") -> None:
    """A tick of each job at the present instant, which took two seconds."""
    with database.transaction() as session:
        for job in jobs:
            at = clock()
            values = {"claimed_at": at, "claimed_by": "test", "finished_at": at + timedelta(seconds=2)}
            session.add(JobRun(job=job, slot_at=at, outcome=outcome, **values))


def test_health_is_one_word_for_anybody(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")


def test_process_without_a_database_is_alive_and_not_ready(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/missing/none.db", data_dir=tmp_path))
    browser = app.test_client()
    assert browser.get("/healthz").status_code == 200
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "not ok  database: does not answer\n")


def test_readiness_does_not_wait_for_a_writer(
    client: FlaskClient, database: Database, clock: HandClock, settings: Settings
) -> None:
    ran(database, clock, tick_seconds(settings))
    with database.transaction() as session:
        session.add(JobRun(job="x", slot_at=clock(), claimed_at=clock(), claimed_by="y"))
        session.flush()
        assert client.get("/readyz").status_code == 200


def test_who_asks_without_end_has_the_database_looked_at_once_a_second(
    app: Flask, database: Database, clock: HandClock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question wrote a row and took it back, wrote a file to each disk, and anybody could ask."""
    seconds = 1000.0
    monkeypatch.setattr(remembered_readiness, "monotonic", lambda: seconds)
    ran(database, clock, tick_seconds(settings))
    asked = app.extensions["exchange"].database
    with counted(asked) as statements:
        answers = [app.test_client().get("/readyz") for _ in range(50)]
    once = len(statements)
    assert {one.status_code for one in answers} == {200}
    with counted(asked) as statements:
        app.test_client().get("/readyz")
        assert list(statements) == []
        seconds += 1
        app.test_client().get("/readyz")
    assert len(statements) == once > 0


def test_readiness_tells_late_ticks_by_name(
    client: FlaskClient,
    database: Database,
    clock: HandClock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remembered_readiness, "SECONDS", 0.0)
    ready = client.get("/readyz")
    assert (ready.status_code, "not ok  ticks: no clock has run\n" in ready.text) == (503, True)
    ran(database, clock, tick_seconds(settings))
    assert client.get("/readyz").status_code == 200
    clock.advance(minutes=4)
    ran(database, clock, {job: 0 for job in tick_seconds(settings) if job != "deliver_mail"})
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "not ok  ticks: deliver_mail last ran 240 s ago\n" in ready.text


def test_readiness_finds_a_folder_that_takes_nothing(
    app: Flask, database: Database, clock: HandClock, settings: Settings, tmp_path: Path
) -> None:
    ran(database, clock, tick_seconds(settings))
    gone = Path("/proc/self")  # a folder in which nobody can make a file, root neither
    here = app.extensions["exchange"]
    app.extensions["exchange"] = replace(here, settings=settings.model_copy(update={"upload_dir": gone}))
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, "not ok  disk: cannot be written to" in ready.text) == (503, True)


def test_clock_that_was_put_back_does_not_hide_that_ticks_ended(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last tick lay ahead for an hour, and passed for young all the while."""
    seconds = 1000.0
    monkeypatch.setattr("exchange.operations.tick_watch.monotonic", lambda: seconds)
    watch, jobs = TickWatch(), {"deliver_mail": 15}

    def is_late() -> bool:
        with database.reading() as session:
            (age,) = watch.ages(session, jobs, clock())
        return age.is_late

    ran(database, clock, jobs)
    assert not is_late()
    clock.advance(hours=-1)
    assert not is_late()
    seconds += 300
    clock.advance(seconds=300)
    assert is_late()
    with database.transaction() as session:  # a living clock forgets what has not come
        session.delete(session.exec(select(JobRun)).one())
    ran(database, clock, jobs)
    assert not is_late()


def test_metrics_are_there_with_a_token_alone(
    client: FlaskClient, watched: Flask, settings: Settings
) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN[:-1]}):
        answer = watched.test_client().get("/metrics", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "exchange_" not in answer.text
    assert watched.test_client().get("/metrics", headers=SHOWN).status_code == 200
    watched.extensions["exchange"] = replace(watched.extensions["exchange"], settings=settings)
    assert client.get("/metrics", headers=SHOWN).status_code == 404
    with pytest.raises(ValidationError):
        Settings(metrics_token=SecretStr("too short"))


def test_metrics_tell_letters_ticks_and_plans(
    watched: Flask, database: Database, clock: HandClock, settings: Settings
) -> None:
    queue_letters(database, 3, due_at=clock() - timedelta(minutes=10))
    ran(database, clock, {"deliver_mail": 15})
    ran(database, clock, {"keep_trail": 30}, outcome="Failed: RuntimeError.")
    clock.advance(minutes=4)
    told = samples(watched.test_client())
    assert told["exchange_database_up", ()] == 1
    assert told["exchange_letters", (("state", "queued"),)] == 3
    assert told["exchange_letters", (("state", "sent"),)] == 0
    assert told["exchange_oldest_due_letter_seconds", ()] == 14 * 60
    assert told["exchange_plans", (("state", "waiting"),)] == 0
    delivers = (("job", "deliver_mail"),)
    assert told["exchange_tick_age_seconds", delivers] == 240
    assert told["exchange_tick_duration_seconds", delivers] == 2
    assert told["exchange_tick_late", delivers] == 1
    assert told["exchange_tick_failed", delivers] == 0
    assert told["exchange_tick_failed", (("job", "keep_trail"),)] == 1


@pytest.fixture
def processes(database: Database, clock: HandClock) -> list[Measurements]:
    """Two web processes on one database."""
    return [Measurements(f"host:{number}", database, clock) for number in (1, 2)]


def test_numbers_of_all_processes_add_up_and_gauges_stand_apart(
    watched: Flask, processes: list[Measurements]
) -> None:
    for _ in range(2):  # written twice, and counted once
        for one in processes:
            one.note_request("page", "GET", 200, 0.3)
            one.note_feed(304)
            one.write()
        processes[0].write()
    told = samples(watched.test_client())
    page = (("kind", "page"), ("method", "GET"), ("status", "200"))
    assert told["exchange_requests_total", page] == 4
    assert told["exchange_feed_answers_total", (("status", "304"),)] == 4
    assert told["exchange_request_seconds_count", (("kind", "page"),)] == 4
    assert told["exchange_request_seconds_bucket", (("kind", "page"), ("le", "0.25"))] == 0
    assert told["exchange_request_seconds_bucket", (("kind", "page"), ("le", "0.5"))] == 4
    assert told["exchange_request_seconds_sum", (("kind", "page"),)] == pytest.approx(1.2)
    of_pools = {dict(labels)["process"] for name, labels in told if name == "exchange_database_connections"}
    assert of_pools == {"host:1", "host:2"}


def test_what_a_process_counted_stays_when_it_ends_and_its_gauges_go(
    watched: Flask, database: Database, clock: HandClock, processes: list[Measurements]
) -> None:
    processes[0].note_feed(200)
    processes[0].write()
    clock.advance(minutes=2)
    processes[1].write()
    told = samples(watched.test_client())
    assert told["exchange_feed_answers_total", (("status", "200"),)] == 1
    assert {dict(labels)["process"] for name, labels in told if name == "exchange_database_connections"} == {
        "host:2"
    }
    with database.transaction() as session:
        assert forget_old_gauges(session, clock() - timedelta(minutes=1)) == 3
        assert {row.process for row in session.exec(select(Measurement))} == {"", "host:2"}


def test_what_cannot_be_written_down_is_kept_for_the_next_time(
    database: Database, clock: HandClock, watched: Flask, tmp_path: Path
) -> None:
    nowhere = Database(f"sqlite:///{tmp_path}/nowhere/exchange.db")
    one = Measurements("host:1", nowhere, clock)
    one.note_feed(200)
    with pytest.raises(Exception, match="unable to open"):
        one.write()
    one._database = database
    one.write()
    assert samples(watched.test_client())["exchange_feed_answers_total", (("status", "200"),)] == 1
    nowhere.dispose()


def test_application_counts_what_it_answers(watched: Flask) -> None:
    browser = watched.test_client()
    for path in ("/sign-in", "/no-such-page", "/static/base.css", "/healthz", f"/feeds/{'a' * 43}.ics"):
        browser.get(path).close()
    watched.extensions["exchange"].measured.write()
    told = {name: value for name, value in samples(browser).items() if name[0].endswith("_total")}
    counted = {
        (dict(labels).get("kind"), dict(labels)["status"]): value for (_, labels), value in told.items()
    }
    assert counted == {
        ("page", "200"): 1,
        ("page", "404"): 1,
        ("static", "200"): 1,
        ("probe", "200"): 1,
        (None, "404"): 1,
    }


@pytest.mark.parametrize("method", ["ZQXA", "Q" * 3000])
def test_methods_that_http_does_not_have_are_one(watched: Flask, method: str) -> None:
    """Anybody sends any word as one: each was a number of its own for good, and a long one was no key."""
    client = watched.test_client()
    client.open("/sign-in", method=method)
    client.open("/", method=method, headers={"Host": "nobody.example.org"})
    watched.extensions["exchange"].measured.write()
    told = {labels for name, labels in samples(client) if name == "exchange_requests_total"}
    assert {dict(labels)["method"] for labels in told} <= {"other", "GET"}
    assert ("method", "other") in {label for labels in told for label in labels}


def test_metrics_without_a_database_say_that_alone(tmp_path: Path) -> None:
    """Sums that fell would be taken for counting that began anew."""
    app = create_app(
        Settings(
            database_url=f"sqlite:///{tmp_path}/missing/none.db",
            data_dir=tmp_path,
            metrics_token=SecretStr(TOKEN),
        )
    )
    assert samples(app.test_client()) == {("exchange_database_up", ()): 0}

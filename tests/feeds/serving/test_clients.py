"""Real calendar programs subscribe to a served installation over HTTP and show what the database says.

Run by `make clients`. Thunderbird's parser is the npm package that tests/feeds/ical_js pins; without
Node, npm or calcurse the test is skipped aloud, and fails where all is required.
"""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from sqlmodel import Session, select
from werkzeug.serving import make_server

from exchange.app import create_app
from exchange.db import Database
from exchange.feeds.content.entries import PUBLIC, Audience, Entry
from exchange.feeds.content.queries import entries_for
from exchange.feeds.publishing.publish import ensure_feeds, mark_training_stale, publish_stale, touch
from exchange.feeds.subscriptions.secret_addresses import current_address
from exchange.models import Feed, FeedKind, TrainingEvent
from exchange.rules.access.rings import Ring
from exchange.settings import Settings
from tests.audit_key import CARRIED
from tests.factories import MADE_AT, make_training
from tests.feeds.programme import Programme, make_programme, rows_by_uid, span_of
from tests.free_ports import free_port
from tests.required import unavailable

pytestmark = pytest.mark.clients

BIN = Path(sys.executable).parent
ICAL_JS = Path(__file__).parents[1] / "ical_js"
CLOCKS = ["Europe/Stockholm", "America/New_York", "Australia/Sydney"]
WAIT_SECONDS = 120
LATER = MADE_AT + timedelta(hours=1)

Shown = Counter[tuple[str, str, str]]  # title, start, end on a wall


@dataclass
class Installation:
    """A served installation and its programme."""

    settings: Settings
    database: Database
    programme: Programme

    def address(self, of: str) -> str:
        """Where the public feed or Stockholm's is."""
        with self.database.reading() as session:
            feed = session.exec(select(Feed).where(_is_of(self.programme, of))).one()
            address = current_address(self.settings, feed)
        assert address is not None
        return address

    def entries(self, of: str) -> list[tuple[Entry, date, date]]:
        """What the feed has to show, each with its start and end from the database's rows."""
        city = self.programme.stockholm
        audience = PUBLIC if of == "network" else Audience(Ring.CITY, city.id, time_zone=city.time_zone)
        with self.database.reading() as session:
            rows = self._rows(session)
            found = entries_for(session, audience, network="CTPN")
            return [(entry, *span_of(entry, rows[entry.uid])) for entry in found]

    def _rows(self, session: Session):  # noqa: ANN202 - as rows_by_uid
        trainings = {row.uid: row for row in session.exec(select(TrainingEvent))}
        return rows_by_uid(self.programme) | trainings


@pytest.fixture
def installation(sqlite_template: Path, tmp_path: Path) -> Iterator[Installation]:
    """The programme of the golden files and what is hard beside it, published and served."""
    shutil.copy(sqlite_template, tmp_path / "exchange.db")
    port = free_port()
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'exchange.db'}",
        data_dir=tmp_path / "var",
        base_url=f"http://127.0.0.1:{port}",
        sample=False,
    )
    database = Database(settings.database_url, carries=CARRIED)
    with database.transaction() as session:
        programme = make_programme(session)
        _make_hard_ones(session, programme)
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    app = create_app(settings, now=lambda: LATER)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Installation(settings, database, programme)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["exchange"].database.dispose()
    database.dispose()


@pytest.mark.parametrize("of", ["network", "stockholm"])
def test_vdirsyncer_and_khal_show_what_the_database_says_and_follow_a_change(
    installation: Installation, tmp_path: Path, of: str
) -> None:
    _vdirsyncer(installation.address(of), tmp_path, "discover", "feed")
    _vdirsyncer(installation.address(of), tmp_path, "sync")
    for clock in CLOCKS:
        assert _khal(tmp_path, clock) == _expected(installation, of, clock)
    _move_open_seminar(installation)
    _vdirsyncer(installation.address(of), tmp_path, "sync")
    assert _khal(tmp_path, CLOCKS[0]) == _expected(installation, of, CLOCKS[0])


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("of", ["network", "stockholm"])
def test_calcurse_shows_what_the_database_says(
    installation: Installation, tmp_path: Path, of: str, clock: str
) -> None:
    if not shutil.which("calcurse"):
        unavailable("calcurse is not installed")
    calendar = tmp_path / "feed.ics"
    calendar.write_bytes(requests.get(installation.address(of), timeout=WAIT_SECONDS).content)
    said = _run("calcurse", "-D", str(tmp_path / "calcurse"), "-i", str(calendar), TZ=clock)
    assert "0 skipped" in said
    kept = (tmp_path / "calcurse" / "apts").read_text()
    assert _of_calcurse(kept) == _expected(installation, of, clock)


@pytest.mark.parametrize("of", ["network", "stockholm"])
def test_thunderbirds_parser_sees_what_the_database_says(
    installation: Installation, tmp_path: Path, of: str
) -> None:
    seen = _by_ical_js(installation.address(of), tmp_path)
    expected = installation.entries(of)
    assert len(seen) == len(expected)
    by_uid = {event["uid"]: event for event in seen}
    for entry, starts, ends in expected:
        event = by_uid[entry.uid]
        assert (event["summary"], event["description"]) == (entry.summary, entry.description)
        assert (event["starts"], event["ends"]) == (_as_json(starts), _as_json(ends))
        assert (event["status"], event["sequence"]) == (entry.status, entry.sequence)
        assert event["zone"] == (entry.starts.time_zone if entry.starts else "floating")


def _make_hard_ones(session: Session, programme: Programme) -> None:
    """Around both changes of the clocks; a hard title; what was called off."""
    hosts = (programme.stockholm, programme.washington, programme.sydney)
    days = (date(2027, 3, 13), date(2027, 3, 14), date(2027, 3, 28), date(2027, 10, 31), date(2027, 11, 7))
    for host in hosts:
        for on in days:
            title = f'Seminar; {host.name}, "{on:%d %b}" \\ 🚒 åäö'
            make_training(session, host_city=host, title=title, on_local=on, marking="TLP:CLEAR")
    make_training(session, host_city=hosts[0], marking="TLP:CLEAR", cancelled_at=MADE_AT)


def _move_open_seminar(installation: Installation) -> None:
    with installation.database.transaction() as session:
        training = session.get_one(TrainingEvent, installation.programme.trainings["clear"].id)
        training.on_local += timedelta(days=14)
        touch(training, LATER)
        mark_training_stale(session, training)
    assert publish_stale(installation.database, installation.settings, LATER) > 0


def _expected(installation: Installation, of: str, clock: str) -> Shown:
    """Titles with start and end on a wall; the last day of what takes days."""
    return Counter(
        (entry.summary, *_on_wall(starts, ends, ZoneInfo(clock)))
        for entry, starts, ends in installation.entries(of)
    )


def _on_wall(starts: date, ends: date, here: ZoneInfo) -> tuple[str, str]:
    if isinstance(starts, datetime) and isinstance(ends, datetime):
        first, last = starts.astimezone(here), ends.astimezone(here)
        return f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}"
    return f"{starts}", f"{ends - timedelta(days=1)}"


def _as_json(at: date) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}" if isinstance(at, datetime) else at.isoformat()


# ---------------------------------------------------------------- the programs


def _vdirsyncer(address: str, folder: Path, *what: str) -> None:
    config = folder / "vdirsyncer.conf"
    config.write_text(
        f'[general]\nstatus_path = "{folder / "status"}"\n'
        '[pair feed]\na = "remote"\nb = "local"\ncollections = null\nconflict_resolution = "a wins"\n'
        f'[storage remote]\ntype = "http"\nurl = "{address}"\n'
        f'[storage local]\ntype = "filesystem"\npath = "{folder / "vdir"}"\nfileext = ".ics"\n'
    )
    (folder / "vdir").mkdir(exist_ok=True)
    _run(str(BIN / "vdirsyncer"), "-c", str(config), *what)


def _khal(folder: Path, clock: str) -> Shown:
    config = folder / "khal.conf"
    config.write_text(
        f"[calendars]\n[[feed]]\npath = {folder / 'vdir'}\nreadonly = True\n"
        "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        f"default_timezone = {clock}\nlocal_timezone = {clock}\n"
        f"[sqlite]\npath = {folder / 'khal.db'}\n"
    )
    form = "{start-long}|{end-long}|{title}"
    listing = ["list", "--once", "--day-format", "", "--format", form, "2027-01-01", "500d"]
    said = _run(str(BIN / "khal"), "-c", str(config), *listing)
    lines = [line.split("|", 2) for line in said.splitlines() if line]
    return Counter((title, starts, ends) for starts, ends, title in lines)


def _of_calcurse(kept: str) -> Shown:
    """Its own file: "03/14/2027 @ 14:00 -> 03/14/2027 @ 17:00 |title", and for days
    "02/15/2027 [1] {1D -> 03/07/2027} title".
    """
    found: Shown = Counter()
    for line in kept.splitlines():
        when, _, title = line.partition("|") if "@" in line.split("|")[0] else ("", "", "")
        if when:
            starts, ends = (_day(part) + " " + part[13:18] for part in when.split(" -> "))
        else:
            days = re.fullmatch(r"(\S+) \[1\] (?:\{1D -> (\S+)\} )?(?:>\w+ )?(.*)", line)
            assert days, line
            starts, ends, title = _day(days[1]), _day(days[2] or days[1]), days[3]
        found[title, starts, ends] += 1
    return found


def _day(american: str) -> str:
    return f"{american[6:10]}-{american[:2]}-{american[3:5]}"


def _by_ical_js(address: str, folder: Path) -> list[dict[str, object]]:
    """The package is installed once for this test, against the digest in its lock file."""
    if not shutil.which("node") or not shutil.which("npm"):
        unavailable("Node and npm are not installed")
    work = folder / "ical_js"
    shutil.copytree(ICAL_JS, work)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=work)
    found: list[dict[str, object]] = json.loads(_run("node", "read.mjs", address, cwd=work))
    return found


def _run(*command: str, cwd: Path | None = None, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _is_of(programme: Programme, of: str):  # noqa: ANN202 - a condition of SQLAlchemy
    return Feed.kind == FeedKind.NETWORK if of == "network" else Feed.city_id == programme.stockholm.id

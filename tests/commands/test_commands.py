"""The command line as people run it: one sentence for each refusal, and no traceback ever."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from sqlmodel import select

from exchange.commands import commands
from exchange.commands.run_processes import STEADY_SECONDS
from exchange.db import Database
from exchange.migrations import head_revision, migrate
from exchange.models import City, Cycle, Person, TrainingEvent
from exchange.operations.interpreter import needed_release
from exchange.settings import ROOT
from tests.audit_key import CARRIED
from tests.command_line import run_exchange
from tests.free_ports import free_port
from tests.mail.programme import three_city_cycle

START_SECONDS = 120  # a busy machine needs long for two processes
COORDINATOR = "ylva.berg@example.org"


class Installation:
    """One installation in a folder of its own, and the command line on it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        outside = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
        outside.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of many commands compiles everything anew
        self.environment = outside | {"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_SAMPLE": "0"} | environment

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_exchange(self.environment | environment, *arguments, seconds=START_SECONDS)

    def refused(self, *arguments: str, **environment: str) -> str:
        """The one sentence of a refusal."""
        done = self.run(*arguments, **environment)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr.strip()

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'exchange.db'}"


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the commands of these tests keep compiled modules, beside the checkout."""
    return str(tmp_path_factory.mktemp("compiled"))


@pytest.fixture
def installation(tmp_path: Path, compiled: str) -> Installation:
    return Installation(tmp_path / "var", PYTHONPYCACHEPREFIX=compiled)


@pytest.fixture(scope="session")
def loaded_folder(tmp_path_factory: pytest.TempPathFactory, compiled: str) -> Path:
    """The folder of an installation with the network, to copy."""
    first = Installation(tmp_path_factory.mktemp("loaded") / "var", PYTHONPYCACHEPREFIX=compiled)
    for command in (["init"], ["add-coordinator", "Ylva Berg", COORDINATOR]):
        done = first.run(*command)
        assert done.returncode == 0, done.stderr
    return first.folder


@pytest.fixture
def loaded(installation: Installation, loaded_folder: Path) -> Installation:
    """An installation with the network and its first coordinator."""
    shutil.copytree(loaded_folder, installation.folder)
    return installation


def test_rehearse_prints_every_letter_and_refuses_a_cycle_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'exchange.db'}"
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", url)
    migrate(url)
    database = Database(url, carries=CARRIED)
    with database.transaction() as session:
        cycle_id = three_city_cycle(session).id
    database.dispose()
    shown = CliRunner().invoke(commands, ["rehearse", str(cycle_id), "--from", "2026-12-14"])
    assert shown.exit_code == 0, shown.output
    assert "Leaves: 2026-12-21 09:00 in London" in shown.output
    assert "Subject: [TLP:GREEN] Your input is due on Fri 5 Feb: Hostile drones" in shown.output
    assert shown.output.strip().endswith("None was sent.")
    refused = CliRunner().invoke(commands, ["rehearse", "99"])
    assert str(refused.exception) == "There is no such cycle."


def test_init_makes_the_folder_the_schema_and_the_network_and_repeats_in_peace(
    installation: Installation,
) -> None:
    first = installation.run("init")
    assert (first.returncode, first.stderr) == (0, "")
    assert "  cities: 14 added, 0 unchanged" in first.stdout.splitlines()
    assert installation.folder.stat().st_mode & 0o077 == 0
    second = installation.run("init")
    assert "  themes: 0 added, 20 unchanged" in second.stdout.splitlines()
    assert "people" not in first.stdout


@pytest.mark.slow
def test_init_with_sample_adds_a_programme_once(loaded: Installation) -> None:
    done = loaded.run("init", "--sample")
    assert done.returncode == 0, done.stderr
    assert "The sample programme was added." in done.stdout
    assert "There is a programme already" in loaded.run("init", "--sample").stdout
    database = Database(loaded.url, carries=CARRIED)
    with database.reading() as session:
        assert session.exec(select(City).where(City.name == "Vancouver")).one()
        assert session.exec(select(Cycle)).all()
        assert session.exec(select(TrainingEvent)).all()
    database.dispose()


def test_init_runs_on_either_database(empty_database_url: str, installation: Installation) -> None:
    done = installation.run("init", EXCHANGE_DATABASE_URL=empty_database_url)
    assert (done.returncode, done.stderr) == (0, "")
    database = Database(empty_database_url, carries=CARRIED)
    with database.reading() as session:
        assert len(session.exec(select(City)).all()) == 14
    database.dispose()


def test_malformed_network_file_is_refused_with_its_line(installation: Installation, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('[[cities]]\nname = "Oslo"\ntime_zone = "Oslo"\nholidays = { country = "NO" }\n')
    said = installation.refused("init", EXCHANGE_NETWORK_FILE=str(path))
    assert said == (
        f"{path}, line 3, cities: time_zone: Oslo is not a known time zone. Did you mean Europe/Oslo?"
    )
    path.write_text('[[cities]]\nname = "Oslo\n')
    assert re.search(r"broken\.toml: .*line 2", installation.refused("init", EXCHANGE_NETWORK_FILE=str(path)))
    assert installation.run("migrate").returncode == 0
    with closing(sqlite3.connect(installation.folder / "exchange.db")) as connection:
        assert connection.execute("SELECT count(*) FROM city").fetchone() == (0,)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["serve", "init", "migrate"])
def test_unwritable_data_folder_is_one_sentence(
    installation: Installation, tmp_path: Path, command: str
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    folder = blocked / "var"
    said = installation.refused(command, EXCHANGE_DATA_DIR=str(folder), PORT=str(free_port()))
    assert said == (
        f"Nothing can be written to {folder} (Not a directory): make it writable for this user, "
        "or set EXCHANGE_DATA_DIR to a folder that is."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_data_folder_is_one_sentence(installation: Installation) -> None:
    installation.folder.mkdir(mode=0o500)
    assert "Permission denied" in installation.refused("init")


@pytest.mark.slow
def test_database_of_a_newer_version_is_left_alone(loaded: Installation) -> None:
    with closing(sqlite3.connect(loaded.folder / "exchange.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in ("serve", "init", "migrate"):
        said = loaded.refused(command, PORT=str(free_port()))
        assert said.startswith(
            "The database was written by a newer version of Exchange (its schema is 9999)."
        )
    with closing(sqlite3.connect(loaded.folder / "exchange.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


@pytest.mark.slow
def test_migrate_goes_up_and_down_and_says_where_it_is(installation: Installation) -> None:
    assert (
        installation.run("migrate").stdout
        == f"The schema is at {head_revision()}; the newest is {head_revision()}.\n"
    )
    assert "deletes what newer versions keep" in installation.refused("migrate", "0001")
    assert installation.run("migrate", "0001", "--yes").stdout.startswith("The schema is at 0001;")
    assert installation.run("migrate", "0002").stdout.startswith("The schema is at 0002;")
    assert "deletes all data" in installation.refused("migrate", "base")
    assert installation.run("migrate", "base", "--yes").stdout.startswith("The schema is at base;")
    assert "There is no migration to 0999" in installation.refused("migrate", "0999")


def test_unsafe_production_settings_are_one_sentence(installation: Installation) -> None:
    assert installation.refused("init", EXCHANGE_ENVIRONMENT="production").startswith(
        "Set EXCHANGE_SECRET_KEY"
    )


def test_unreachable_database_is_one_sentence(installation: Installation) -> None:
    url = f"postgresql://exchange:secret@127.0.0.1:{free_port()}/exchange"
    said = installation.refused("init", EXCHANGE_DATABASE_URL=url)
    assert "cannot be opened" in said
    assert "secret" not in said


def test_sign_in_link_is_for_people_of_the_network(loaded: Installation) -> None:
    line = loaded.run("sign-in-link", COORDINATOR.upper()).stdout
    assert re.fullmatch(r"Sign in: http://127\.0\.0\.1:8000/sign-in/[\w-]{20,}\n", line)
    said = loaded.refused("sign-in-link", "nobody@example.org")
    assert said == "Nobody in the network has the address nobody@example.org."


def test_command_on_a_database_without_tables_says_where_to_look(installation: Installation) -> None:
    installation.folder.mkdir()
    assert installation.refused("sign-in-link", COORDINATOR).endswith("See: python -m exchange doctor")


def test_doctor_names_each_part_and_fails_when_one_is_not_well(loaded: Installation) -> None:
    done = loaded.run("doctor", EXCHANGE_BASE_URL=f"http://127.0.0.1:{free_port()}")
    parts = {line[8:].partition(":")[0]: line[:8].strip() for line in done.stdout.splitlines()}
    assert parts == {
        "settings": "ok",
        "Python": "warning" if needed_release() else "ok",
        "disk": "ok",
        "files": "ok",
        "database": "ok",
        "kind of database": "ok",
        "clock": "ok",
        "integrity": "ok",
        "schema": "ok",
        "writing": "ok",
        "audit trail": "ok",
        "backups": "ok",
        "uploads": "ok",
        "ticks": "not ok",
        "letters": "ok",
        "zone data": "ok",
        "sender": "warning",
        "mail": "ok",
        "mailbox": "ok",
        "web": "not ok",
    }
    assert (done.returncode, done.stderr) == (1, "")


def test_doctor_finds_a_changed_trail_an_old_schema_and_a_dead_mail_server(loaded: Installation) -> None:
    with closing(sqlite3.connect(loaded.folder / "exchange.db")) as connection, connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("UPDATE audit_entry SET actor = 'Mallory' WHERE id = 3")
    dead = f"127.0.0.1:{free_port()}"
    said = loaded.run(
        "doctor", EXCHANGE_SMTP_URL=f"smtp://{dead}", EXCHANGE_IMAP_URL=f"imaps://{dead}"
    ).stdout
    assert "not ok  audit trail: entry 3 was changed" in said
    assert re.search(r"not ok +mail: .*refused", said)
    assert re.search(r"not ok +mailbox: .*refused", said)
    migrate(loaded.url, "base")
    said = loaded.run("doctor").stdout
    assert "not ok  schema: the database is empty; run: python -m exchange migrate" in said
    assert "letters:" not in said, "what needs the schema is not asked"


def test_provider_without_its_packages_is_one_sentence(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['authlib'] = None\n")
    given = {
        "EXCHANGE_OIDC_ISSUER": "https://id.example.org",
        "EXCHANGE_OIDC_CLIENT_ID": "exchange",
        "PYTHONPATH": str(tmp_path),
    }
    for command in ("serve", "doctor"):
        said = installation.refused(command, **given)
        assert said.startswith("EXCHANGE_OIDC_ISSUER is set, and the packages")
        assert "python3 bootstrap.py sso" in said


def test_typing_error_is_answered_by_usage(installation: Installation) -> None:
    done = installation.run("serv")
    assert done.returncode == 2
    assert "No such command 'serv'" in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_port_that_is_none_is_one_sentence(installation: Installation, port: str) -> None:
    assert installation.refused("serve", PORT=port) == f"PORT is {port}: write a number from 1 to 65535."


def test_port_in_use_is_one_sentence(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = installation.refused("serve", PORT=str(port))
    assert said.startswith(f"Port {port} of 127.0.0.1 cannot be used (Address already in use)")
    assert not installation.folder.exists()


class Served:
    """`serve` while it runs, its output read line by line."""

    def __init__(self, installation: Installation, port: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "exchange", "serve"],
            cwd=ROOT,
            env=installation.environment | {"PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def read_until(self, pattern: str) -> re.Match[str]:
        """The first match in a line to come."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"{pattern} never came:\n{''.join(self.lines)}")

    def end(self) -> int:
        """Read to the end; the exit code."""
        assert self.process.stdout
        self.lines += self.process.stdout.readlines()
        return self.process.wait(START_SECONDS)


@pytest.fixture
def served(installation: Installation) -> Iterator[Served]:
    running = Served(installation, free_port())
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.wait()
    if running.process.stdout:
        running.process.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_fills_an_empty_database_prints_the_link_and_stops_cleanly(
    installation: Installation, served: Served, number: signal.Signals
) -> None:
    served.read_until(r"cities: 14 added")
    link = served.read_until(r"^The first coordinator, .*: (http://127\.0\.0\.1:\d+/first-run/\S+)$")
    served.read_until(r"web +\| .*Started worker")
    if not any("clock started" in line and "worker" in line for line in served.lines):
        served.read_until(r"clock +\| .*clock started")
    assert installation.run("doctor", EXCHANGE_BASE_URL=link[1].partition("/first-run")[0]).returncode == 0
    served.process.send_signal(number)
    code = served.end()
    output = "".join(served.lines)
    assert code == 0, output
    assert "Traceback" not in output
    database = Database(installation.url, carries=CARRIED)
    with database.reading() as session:
        assert session.exec(select(Person)).all() == []  # invented people are the sample's
        assert session.exec(select(Cycle)).all() == []  # EXCHANGE_SAMPLE=0
    database.dispose()


@pytest.mark.slow
def test_process_that_dies_as_it_starts_ends_the_other(served: Served) -> None:
    clock = int(served.read_until(r"clock started \(pid=(\d+)\)")[1])
    time.sleep(0.5)
    os.kill(clock, signal.SIGKILL)
    assert served.end() == 1
    assert "Web or clock ended by itself" in served.lines[-1]
    assert "Traceback" not in "".join(served.lines)


@pytest.mark.slow
def test_serve_starts_anew_what_is_killed(served: Served) -> None:
    """A worker of the web, by the web server, and the clock."""
    base = served.read_until(r"^The first coordinator, .*: (http://127\.0\.0\.1:\d+)")[1]
    served.read_until(r"web +\| .*Started worker")
    clock = int(said(served, r"clock started \(pid=(\d+)\)")[1])
    time.sleep(STEADY_SECONDS + 1)
    os.kill(worker_of(served), signal.SIGKILL)
    served.read_until(r"Spawning worker-1 with PID: (\d+)")
    served.read_until(r"web +\| .*Started worker")
    os.kill(clock, signal.SIGKILL)
    served.read_until("clock ended by itself and is started anew")
    served.read_until('"event": "clock started"')
    answer = requests.get(f"{base}/healthz", timeout=30)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    served.process.send_signal(signal.SIGTERM)
    assert served.end() == 0, "".join(served.lines)


def said(served: Served, pattern: str) -> re.Match[str]:
    """The first match in a line that came or is to come."""
    matches = (re.search(pattern, line) for line in served.lines)
    return next((match for match in matches if match), None) or served.read_until(pattern)


def worker_of(served: Served) -> int:
    """The newest worker of the web."""
    found = re.findall(r"Spawning worker-1 with PID: (\d+)", "".join(served.lines))
    return int(found[-1])


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["cities: 14 added", "^The first coordinator, ", "web started"])
def test_signal_while_it_starts_stops_all_the_same(served: Served, moment: str) -> None:
    """A Ctrl-C beside a closing connection was shown as a traceback."""
    served.read_until(moment)
    served.process.send_signal(signal.SIGINT)
    assert served.end() == 0, "".join(served.lines)
    assert "Traceback" not in "".join(served.lines)


@pytest.mark.slow
def test_audit_verify_names_the_first_broken_entry_and_anchor_prints_a_line(loaded: Installation) -> None:
    whole = loaded.run("audit", "verify")
    assert whole.returncode == 0, whole.stderr
    assert re.search(r"^[\d,]+ entries verify\.$", whole.stdout, re.MULTILINE)
    kept = loaded.folder / "kept.log"
    kept.write_text(loaded.run("audit", "anchor").stdout)
    with closing(sqlite3.connect(loaded.folder / "exchange.db")) as connection, connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("UPDATE audit_entry SET subject = 'city:99' WHERE id = 2")
    broken = loaded.run("audit", "verify", "--anchors", str(kept))
    assert broken.returncode == 1
    assert broken.stdout.startswith("BROKEN: Entry 2 was changed")
    assert "1 entries verify before that." in broken.stdout

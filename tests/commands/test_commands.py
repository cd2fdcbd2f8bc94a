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
from click.testing import CliRunner
from sqlmodel import select

from exchange.commands import commands
from exchange.db import Database
from exchange.migrations import head_revision, migrate, schema_revision
from exchange.models import City, Cycle, Person, SignInLink, TrainingEvent
from exchange.settings import ROOT
from tests.mail.programme import three_city_cycle

START_SECONDS = 120  # a busy machine needs long for two processes
COORDINATOR = "harriet.lonsdale@example.org"


class House:
    """One installation in a folder of its own, and the command line on it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        outside = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
        outside.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of many commands compiles everything anew
        self.environment = outside | {"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_SAMPLE": "0"} | environment

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "exchange", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

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
def house(tmp_path: Path, compiled: str) -> House:
    return House(tmp_path / "var", PYTHONPYCACHEPREFIX=compiled)


@pytest.fixture(scope="session")
def loaded_folder(tmp_path_factory: pytest.TempPathFactory, compiled: str) -> Path:
    """The folder of an installation with the network, to copy."""
    first = House(tmp_path_factory.mktemp("loaded") / "var", PYTHONPYCACHEPREFIX=compiled)
    done = first.run("init")
    assert done.returncode == 0, done.stderr
    return first.folder


@pytest.fixture
def loaded(house: House, loaded_folder: Path) -> House:
    """An installation with the network."""
    shutil.copytree(loaded_folder, house.folder)
    return house


def test_rehearse_prints_every_letter_and_refuses_a_cycle_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'exchange.db'}"
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", url)
    migrate(url)
    database = Database(url)
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


def test_init_makes_the_folder_the_schema_and_the_network_and_repeats_in_peace(house: House) -> None:
    first = house.run("init")
    assert (first.returncode, first.stderr) == (0, "")
    assert "  cities: 14 added, 0 unchanged" in first.stdout.splitlines()
    assert house.folder.stat().st_mode & 0o077 == 0
    second = house.run("init")
    assert "  people: 0 added, 61 unchanged" in second.stdout.splitlines()


@pytest.mark.slow
def test_init_with_sample_adds_a_programme_once(loaded: House) -> None:
    done = loaded.run("init", "--sample")
    assert done.returncode == 0, done.stderr
    assert "The sample programme was added." in done.stdout
    assert "There is a programme already" in loaded.run("init", "--sample").stdout
    database = Database(loaded.url)
    with database.reading() as session:
        assert session.exec(select(City).where(City.name == "Vancouver")).one()
        assert session.exec(select(Cycle)).all()
        assert session.exec(select(TrainingEvent)).all()
    database.dispose()


def test_init_runs_on_either_database(empty_database_url: str, house: House) -> None:
    done = house.run("init", EXCHANGE_DATABASE_URL=empty_database_url)
    assert (done.returncode, done.stderr) == (0, "")
    database = Database(empty_database_url)
    with database.reading() as session:
        assert len(session.exec(select(City)).all()) == 14
    database.dispose()


def test_malformed_network_file_is_refused_with_its_line(house: House, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('[[cities]]\nname = "Oslo"\ntime_zone = "Oslo"\nholidays = { country = "NO" }\n')
    said = house.refused("init", EXCHANGE_NETWORK_FILE=str(path))
    assert said == (
        f"{path}, line 3, cities: time_zone: Oslo is not a known time zone. Did you mean Europe/Oslo?"
    )
    path.write_text('[[cities]]\nname = "Oslo\n')
    assert re.search(r"broken\.toml: .*line 2", house.refused("init", EXCHANGE_NETWORK_FILE=str(path)))
    assert house.run("migrate").returncode == 0
    with closing(sqlite3.connect(house.folder / "exchange.db")) as connection:
        assert connection.execute("SELECT count(*) FROM city").fetchone() == (0,)


@pytest.mark.parametrize("command", ["serve", "init", "migrate"])
def test_unwritable_data_folder_is_one_sentence(house: House, tmp_path: Path, command: str) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    folder = blocked / "var"
    said = house.refused(command, EXCHANGE_DATA_DIR=str(folder), PORT=str(free_port()))
    assert said == (
        f"Nothing can be written to {folder} (Not a directory): make it writable for this user, "
        "or set EXCHANGE_DATA_DIR to a folder that is."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_data_folder_is_one_sentence(house: House) -> None:
    house.folder.mkdir(mode=0o500)
    assert "Permission denied" in house.refused("init")


def test_database_of_a_newer_version_is_left_alone(loaded: House) -> None:
    with closing(sqlite3.connect(loaded.folder / "exchange.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in ("serve", "init", "migrate"):
        said = loaded.refused(command, PORT=str(free_port()))
        assert said.startswith(
            "The database was written by a newer version of Exchange (its schema is 9999)."
        )
    with closing(sqlite3.connect(loaded.folder / "exchange.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_migrate_goes_up_and_down_and_says_where_it_is(house: House) -> None:
    assert (
        house.run("migrate").stdout
        == f"The schema is at {head_revision()}; the newest is {head_revision()}.\n"
    )
    assert "deletes what newer versions keep" in house.refused("migrate", "0001")
    assert house.run("migrate", "0001", "--yes").stdout.startswith("The schema is at 0001;")
    assert house.run("migrate", "0002").stdout.startswith("The schema is at 0002;")
    assert "deletes all data" in house.refused("migrate", "base")
    assert house.run("migrate", "base", "--yes").stdout.startswith("The schema is at base;")
    assert "There is no migration to 0999" in house.refused("migrate", "0999")


def test_unsafe_production_settings_are_one_sentence(house: House) -> None:
    assert house.refused("init", EXCHANGE_ENVIRONMENT="production").startswith("Set EXCHANGE_SECRET_KEY")


def test_unreachable_database_is_one_sentence(house: House) -> None:
    url = f"postgresql://exchange:secret@127.0.0.1:{free_port()}/exchange"
    said = house.refused("init", EXCHANGE_DATABASE_URL=url)
    assert "cannot be opened" in said
    assert "secret" not in said


def test_sign_in_link_is_for_people_of_the_network(loaded: House) -> None:
    line = loaded.run("sign-in-link", COORDINATOR.upper()).stdout
    assert re.fullmatch(r"Sign in: http://127\.0\.0\.1:8000/sign-in/[\w-]{20,}\n", line)
    said = loaded.refused("sign-in-link", "nobody@example.org")
    assert said == "Nobody in the network has the address nobody@example.org."


def test_command_on_a_database_without_tables_says_where_to_look(house: House) -> None:
    house.folder.mkdir()
    assert house.refused("sign-in-link", COORDINATOR).endswith("See: python -m exchange doctor")


def test_backup_is_a_whole_database_that_overwrites_nothing(loaded: House, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    done = loaded.run("backup", str(target))
    assert (done.returncode, done.stdout.startswith(f"{target}: ")) == (0, True)
    assert target.stat().st_mode & 0o077 == 0
    database = Database(f"sqlite:///{target}")
    assert schema_revision(database) == head_revision()
    with database.reading() as session:
        assert len(session.exec(select(Person)).all()) == 61
    database.dispose()
    assert "exists. Choose another name" in loaded.refused("backup", str(target))
    assert "could not be written" in loaded.refused("backup", str(tmp_path / "nowhere" / "copy.db"))


def test_backup_of_nothing_makes_nothing(house: House, tmp_path: Path) -> None:
    assert "There is no database at" in house.refused("backup", str(tmp_path / "copy.db"))
    assert list(tmp_path.iterdir()) == []


def test_backup_of_postgresql_names_the_command(house: House) -> None:
    url = "postgresql://exchange:secret@db.example.org/exchange"
    said = house.refused("backup", "my copy", EXCHANGE_DATABASE_URL=url)
    assert said.endswith(
        "pg_dump --format=custom --file='my copy' postgresql://exchange@db.example.org/exchange"
    )


def test_doctor_names_each_part_and_fails_when_one_is_not_well(loaded: House) -> None:
    done = loaded.run("doctor", EXCHANGE_BASE_URL=f"http://127.0.0.1:{free_port()}")
    parts = {line[8:].partition(":")[0]: line[:8].strip() for line in done.stdout.splitlines()}
    assert parts == {
        "settings": "ok",
        "database": "ok",
        "schema": "ok",
        "audit trail": "ok",
        "zone data": "ok",
        "mail": "ok",
        "mailbox": "ok",
        "web": "not ok",
    }
    assert (done.returncode, done.stderr) == (1, "")


def test_doctor_finds_a_changed_trail_an_old_schema_and_a_dead_mail_server(loaded: House) -> None:
    with closing(sqlite3.connect(loaded.folder / "exchange.db")) as connection, connection:
        connection.execute("UPDATE audit_entry SET actor = 'Mallory' WHERE id = 3")
    dead = f"127.0.0.1:{free_port()}"
    said = loaded.run(
        "doctor", EXCHANGE_SMTP_URL=f"smtp://{dead}", EXCHANGE_IMAP_URL=f"imaps://{dead}"
    ).stdout
    assert "not ok  audit trail: entry 3 does not follow from the one before it" in said
    assert re.search(r"not ok +mail: .*refused", said)
    assert re.search(r"not ok +mailbox: .*refused", said)
    migrate(loaded.url, "base")
    said = loaded.run("doctor").stdout
    assert (
        f"not ok  schema: at nothing, should be at {head_revision()}; run: python -m exchange migrate" in said
    )


def test_typing_error_is_answered_by_usage(house: House) -> None:
    done = house.run("serv")
    assert done.returncode == 2
    assert "No such command 'serv'" in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_port_that_is_none_is_one_sentence(house: House, port: str) -> None:
    assert house.refused("serve", PORT=port) == f"PORT is {port}: write a number from 1 to 65535."


def test_port_in_use_is_one_sentence(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = house.refused("serve", PORT=str(port))
    assert said.startswith(f"Port {port} of 127.0.0.1 cannot be used (Address already in use)")
    assert not house.folder.exists()


class Served:
    """`serve` while it runs, its output read line by line."""

    def __init__(self, house: House, port: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "exchange", "serve"],
            cwd=ROOT,
            env=house.environment | {"PORT": str(port)},
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
def served(house: House) -> Iterator[Served]:
    running = Served(house, free_port())
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.wait()
    if running.process.stdout:
        running.process.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_fills_an_empty_database_prints_the_link_and_stops_cleanly(
    house: House, served: Served, number: signal.Signals
) -> None:
    served.read_until(r"cities: 14 added")
    link = served.read_until(r"^Sign in: (http://127\.0\.0\.1:\d+/sign-in/\S+)$")
    served.read_until(r"web +\| .*Started worker")
    if not any("clock started" in line and "worker" in line for line in served.lines):
        served.read_until(r"clock +\| .*clock started")
    assert house.run("doctor", EXCHANGE_BASE_URL=link[1].partition("/sign-in")[0]).returncode == 0
    served.process.send_signal(number)
    code = served.end()
    output = "".join(served.lines)
    assert code == 0, output
    assert "Traceback" not in output
    database = Database(house.url)
    with database.reading() as session:
        assert len(session.exec(select(SignInLink)).all()) == 1
        assert session.exec(select(Cycle)).all() == []  # EXCHANGE_SAMPLE=0
    database.dispose()


@pytest.mark.slow
def test_dead_process_ends_the_other(served: Served) -> None:
    clock = int(served.read_until(r"clock started \(pid=(\d+)\)")[1])
    time.sleep(0.5)
    os.kill(clock, signal.SIGKILL)
    assert served.end() == 1
    assert "Web or clock ended by itself" in served.lines[-1]
    assert "Traceback" not in "".join(served.lines)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["cities: 14 added", "^Sign in: ", "web started"])
def test_signal_while_it_starts_stops_all_the_same(served: Served, moment: str) -> None:
    """A Ctrl-C beside a closing connection was shown as a traceback."""
    served.read_until(moment)
    served.process.send_signal(signal.SIGINT)
    assert served.end() == 0, "".join(served.lines)
    assert "Traceback" not in "".join(served.lines)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

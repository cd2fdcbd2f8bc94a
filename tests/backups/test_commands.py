"""backup, restore and rotate-secret as an operator types them, on real processes."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.subscriptions.secret_addresses import current_address
from exchange.models import Feed, FeedKind
from exchange.settings import ROOT, Settings
from exchange.tokens import read_secret
from tests.audit_key import CARRIED, KEY
from tests.command_line import run_exchange
from tests.free_ports import free_port

pytestmark = pytest.mark.slow
SECONDS = 240


class Place:
    """One installation in a folder of its own, and the command line on it."""

    def __init__(self, folder: Path, url: str, **environment: str) -> None:
        self.folder, self.url = folder, url or f"sqlite:///{folder / 'exchange.db'}"
        outside = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
        outside.pop("PYTHONDONTWRITEBYTECODE", None)
        own = {"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_SAMPLE": "0", "EXCHANGE_AUDIT_KEY": KEY}
        self.environment = outside | own | ({"EXCHANGE_DATABASE_URL": url} if url else {}) | environment

    def run(self, *arguments: str, **environment: str) -> str:
        done = self._done(*arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *arguments: str, **environment: str) -> str:
        """The one sentence of a refusal."""
        done = self._done(*arguments, **environment)
        assert done.returncode == 1, done.stdout + done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr.strip()

    def addresses(self) -> list[str | None]:
        """The addresses of private calendars as the kept secret makes them."""
        settings = Settings(data_dir=self.folder, secret_key=read_secret(self.folder), sample=False)
        database = Database(self.url, carries=CARRIED)
        try:
            with database.reading() as session:
                feeds = session.exec(select(Feed).where(Feed.kind != FeedKind.NETWORK)).all()
                return [current_address(settings, feed) for feed in feeds]
        finally:
            database.dispose()

    @contextmanager
    def served(self) -> Iterator[str]:
        """Web and clock while they run; their address."""
        port = str(free_port())
        process = subprocess.Popen(
            [sys.executable, "-m", "exchange", "serve"],
            cwd=ROOT,
            env=self.environment | {"PORT": port},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert process.stdout is not None
            waits_for = {r"web +\| .*Started worker", r"clock +\| .*clock started"}
            for line in process.stdout:
                waits_for = {pattern for pattern in waits_for if not re.search(pattern, line)}
                if not waits_for:
                    break
            assert not waits_for
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate(timeout=SECONDS)

    def _done(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_exchange(self.environment | environment, *arguments, seconds=SECONDS)


@pytest.fixture
def place(empty_database_url: str, tmp_path: Path) -> Place:
    """A house with the sample and nobody at work in it."""
    url = "" if empty_database_url.startswith("sqlite") else empty_database_url
    made = Place(tmp_path / "var", url)
    made.run("init", "--sample")
    return made


Elsewhere = Callable[[], Place]


@pytest.fixture
def elsewhere(place: Place, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Elsewhere]:
    """Makes an empty place of the same kind, as on another machine: it has the keys, and no more."""
    from contextlib import ExitStack

    with ExitStack() as opened:

        def made() -> Place:
            folder = tmp_path / "elsewhere"
            folder.mkdir()
            shutil.copy(place.folder / "secret_key", folder / "secret_key")
            if place.url.startswith("sqlite"):
                return Place(folder, "")
            server = request.getfixturevalue("postgres_server")
            return Place(folder, opened.enter_context(server.database("elsewhere")))

        yield made


def test_backup_of_a_serving_house_is_restored_elsewhere_where_doctor_and_trail_are_well(
    place: Place, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    with place.served() as at:
        said = place.run("backup", str(kept))
        assert "Exchange is running here" in place.refused("restore", said.partition(": ")[0], "--yes")
        assert "Exchange is running here" in place.refused("rotate-secret")
        assert place.run("doctor", EXCHANGE_BASE_URL=at)
    folder = said.partition(": ")[0]
    assert "keep EXCHANGE_SECRET_KEY and EXCHANGE_AUDIT_KEY elsewhere" in said
    new = elsewhere()
    restored = new.run("restore", folder)
    assert "entries of the audit trail, which verify" in restored
    assert "entries verify." in new.run("audit", "verify")
    with new.served() as at:
        assert "not ok" not in new.run("doctor", EXCHANGE_BASE_URL=at)
    assert "There is something here already (" in new.refused("restore", folder)
    assert "Restored" in new.run("restore", folder, "--yes")
    assert f"The newest is {folder}" in new.refused("restore", str(kept), "--yes")


def test_secret_that_is_kept_in_a_file_is_changed_by_one_command(place: Place) -> None:
    with place.served():
        pass  # a clock has given every calendar its address
    old, before = read_secret(place.folder), place.addresses()
    assert before
    assert None not in before
    said = place.run("rotate-secret")
    assert f"{len(before)} addresses of calendars" in said
    assert "Stay: passkeys" in said
    assert read_secret(place.folder) != old
    assert None not in place.addresses()
    assert not set(before) & set(place.addresses())
    assert not (place.folder / "secret_key.next").exists()


def test_rotation_that_was_killed_before_it_took_the_new_secret_over_goes_on(place: Place) -> None:
    """The database had the new addresses and the file the old secret: no page showed any address."""
    with place.served():
        pass
    old = (place.folder / "secret_key").read_text()
    place.run("rotate-secret")
    new = (place.folder / "secret_key").read_text()
    (place.folder / "secret_key.next").write_text(new)
    (place.folder / "secret_key").write_text(old)
    assert "it was changed before" in place.run("rotate-secret")
    assert (place.folder / "secret_key").read_text() == new
    assert None not in place.addresses()


def test_secret_of_the_environment_needs_the_one_before_it(place: Place) -> None:
    new, old = "n" * 40, read_secret(place.folder) or ""
    with place.served():
        pass
    assert "EXCHANGE_OLD_SECRET_KEY" in place.refused("rotate-secret", EXCHANGE_SECRET_KEY=new)
    both = {"EXCHANGE_SECRET_KEY": new, "EXCHANGE_OLD_SECRET_KEY": new}
    assert "are the same" in place.refused("rotate-secret", **both)
    wrong = {"EXCHANGE_SECRET_KEY": new, "EXCHANGE_OLD_SECRET_KEY": "w" * 40}
    assert "is it the right one" in place.refused("rotate-secret", **wrong)
    right = {"EXCHANGE_SECRET_KEY": new, "EXCHANGE_OLD_SECRET_KEY": old}
    assert "Ended and given anew" in place.run("rotate-secret", **right)
    assert "it was changed before" in place.run("rotate-secret", **right)

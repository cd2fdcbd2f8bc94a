"""Backups and restores killed at random moments: the last backup is whole, a house old or new, never half."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.backups.backup_checks import checked_backup
from exchange.backups.backup_folder import backups_in
from exchange.models import Attachment
from exchange.settings import ROOT
from exchange.uploads.file_storage import store
from tests.audit_key import KEYS
from tests.backups.houses import NOW, House

pytestmark = pytest.mark.faults

KILLS = 8
LONGEST_SECONDS = 8.0  # a command starts in two to four seconds here, and works for one


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "exchange", *arguments]


def surroundings(house: House) -> dict[str, str]:
    return os.environ | {
        "EXCHANGE_DATABASE_URL": house.settings.database_url,
        "EXCHANGE_DATA_DIR": str(house.settings.data_dir),
        "EXCHANGE_SECRET_KEY": house.settings.secret_key.get_secret_value(),
    }


@dataclass
class Killer:
    """Kills commands at random moments; ``longest`` is how long one took that was not killed, or a guess."""

    house: House
    chance: random.Random
    longest: float = LONGEST_SECONDS

    def killed(self, *arguments: str) -> bool:
        """Run a command and kill it with all its children; whether it was still running."""
        began = time.monotonic()
        process = subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            env=surroundings(self.house),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout=self.longest * self.chance.uniform(0.4, 1.0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        self.longest = time.monotonic() - began
        return False


def finish(house: House, *arguments: str) -> None:
    """Run a command to its end."""
    done = subprocess.run(
        command(*arguments), cwd=ROOT, env=surroundings(house), check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def make_heavy(house: House) -> None:
    """Files enough that copying takes a while."""
    with house.at_work() as database, database.transaction() as session:
        first = session.exec(select(Attachment)).one()
        for number in range(40):
            stored = store(house.settings.uploads, os.urandom(2_000_000))
            session.add(
                Attachment(
                    contribution_id=first.contribution_id,
                    name=f"{number}.pdf",
                    media_type="application/pdf",
                    size_bytes=stored.size_bytes,
                    sha256=stored.sha256,
                    stored_name=stored.stored_name,
                    person_id=first.person_id,
                    added_at=NOW,
                )
            )


def test_backups_that_are_killed_leave_the_last_one_whole(
    house: House,
    kept: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_heavy(house)
    seed = random.SystemRandom().randrange(10**6)
    killer = Killer(house, random.Random(seed))
    first = house.back_up(kept).folder
    died = sum(killer.killed("backup", str(kept)) for _ in range(KILLS))
    for backup in backups_in(kept):
        checked_backup(backup, house.settings, KEYS, other_secret=False)
    assert first in backups_in(kept)
    finish(house, "backup", str(kept))
    assert [path.name for path in kept.iterdir() if path.name.startswith(".")] == []
    assert house.faults() == []
    assert died >= KILLS // 2
    with capsys.disabled():
        print(
            f"\n{died} of {KILLS} backups killed while they ran (seed {seed}), {len(backups_in(kept))} whole"
        )


def test_restores_that_are_killed_leave_the_old_house_or_the_new_one(
    house: House,
    kept: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_heavy(house)
    seed = random.SystemRandom().randrange(10**6)
    killer = Killer(house, random.Random(seed))
    backup = house.back_up(kept).folder
    people = house.people()
    died = 0
    for _ in range(KILLS):
        died += killer.killed("restore", str(backup), "--yes")
        assert house.people() == people
    finish(house, "restore", str(backup), "--yes")
    assert house.faults() == []
    assert len(house.uploads()) == 41
    assert died >= KILLS // 2
    with capsys.disabled():
        print(f"\n{died} of {KILLS} restores killed while they ran (seed {seed})")

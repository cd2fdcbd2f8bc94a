"""A restore killed after its database was loaded and before it ended: nothing works on what stands there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exchange.app import create_app
from exchange.backups.database_copies import engine_of
from exchange.commands.opened_database import opened
from exchange.errors import WrongSchema
from exchange.settings import ROOT
from exchange.system.outages import Outage
from jobs.__main__ import _context
from jobs.context import Context
from jobs.ticks import Tick, run_tick
from tests.backups.houses import LATER, House

MENDS = "python -m exchange restore FOLDER --yes"
DIED = 9
RESTORE_AND_DIE = f"""
import os, sys
from datetime import datetime
from pathlib import Path
from exchange.backups.restoring import Order, restore
from exchange.settings import load_settings

folder, now = sys.argv[1:]
order = Order(Path(folder), is_confirmed=True)
restore(order, load_settings(), lambda *_: os._exit({DIED}), datetime.fromisoformat(now))
"""


@pytest.fixture
def clock(house: House) -> Context:
    """One that began while all was well, and was not stopped."""
    return _context(house.settings)


@pytest.fixture
def cut_short(house: House, kept: Path) -> Path:
    """The backup that was being put back when the process died."""
    backup = house.back_up(kept).folder
    house.change("after the backup", LATER)
    surroundings = os.environ | {
        "EXCHANGE_DATABASE_URL": house.settings.database_url,
        "EXCHANGE_DATA_DIR": str(house.settings.data_dir),
    }
    arguments = [sys.executable, "-c", RESTORE_AND_DIE, str(backup), LATER.isoformat()]
    done = subprocess.run(arguments, cwd=ROOT, env=surroundings, check=False, capture_output=True)
    assert done.returncode == DIED, done.stderr
    return backup


@pytest.fixture
def is_half(house: House, cut_short: Path) -> bool:
    """On SQLite the old house stands there until the last step: nothing is half."""
    return engine_of(house.settings) == "postgresql"


def answer_of_web(house: House) -> tuple[int, list[str]]:
    """What a web process that begins now answers, and why it does not."""
    app = create_app(house.settings)
    here = app.extensions["exchange"]
    here.schema.doubt()
    browser = app.test_client()
    try:
        with capture_logs() as logs:
            code = browser.get("/sign-in").status_code
        ready = browser.get("/readyz").text
    finally:
        here.database.dispose()
    return code, [*(str(one["cause"]) for one in logs if one["event"] == Outage.SCHEMA), ready]


def ticks_of(clock: Context) -> int:
    """How many ticks run when one is due."""
    ran: list[Context] = []

    def work(context: Context) -> str:
        ran.append(context)
        return "Worked."

    try:
        run_tick(Tick("note_silence", 1, work), clock)
    finally:
        clock.database.dispose()
    return len(ran)


def test_nothing_works_until_the_restore_has_run_to_its_end(
    house: House, clock: Context, cut_short: Path, is_half: bool
) -> None:
    """Web and clock began on it, though none of its letters had been looked through."""
    code, words = answer_of_web(house)
    if is_half:
        assert code == 503
        assert len(words) == 2
        assert all(MENDS in one for one in words)
        assert ticks_of(clock) == 0
        with pytest.raises(WrongSchema, match=MENDS):
            _context(house.settings)
    else:
        assert code == 200
    house.restore(cut_short, is_confirmed=True)
    code, words = answer_of_web(house)
    assert code == 200
    assert MENDS not in "".join(words)
    assert ticks_of(clock) == 1
    assert house.faults() == []


def test_commands_leave_it_alone(house: House, cut_short: Path, is_half: bool) -> None:
    """A backup of it would be signed, and might push out the one that is being put back."""
    if not is_half:
        with opened(house.settings):
            return
    with pytest.raises(WrongSchema, match=MENDS), opened(house.settings):
        raise AssertionError("it was opened")

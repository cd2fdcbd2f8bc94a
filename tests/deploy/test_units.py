"""The systemd units: systemd reads them without a complaint, and finds them closed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from exchange.settings import ROOT, Settings
from tests.required import unavailable

UNITS = ROOT / "deploy/systemd"
EXPOSURE_MOST = 20  # of 100, by systemd's own count; a unit without any care has 96


@pytest.fixture(scope="module")
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        unavailable("no systemd-analyze; install the Debian package systemd")
    return found


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units of this checkout, which stands where it stands, with one web process."""
    made = []
    for unit in sorted(UNITS.glob("*.service")):
        copy = tmp_path / unit.name.replace("@.", "@8000.")
        copy.write_text(unit.read_text().replace("/opt/exchange", str(ROOT)))
        made.append(copy)
    return made


def test_systemd_reads_them_without_a_complaint(analyze: str, units: list[Path]) -> None:
    told = subprocess.run(
        [analyze, "verify", *map(str, units)], capture_output=True, text=True, check=False, timeout=60
    )
    about_ours = [line for line in told.stderr.splitlines() if "exchange" in line]
    assert (about_ours, told.returncode) == ([], 0), told.stderr


def test_systemd_finds_a_slip_of_the_pen(analyze: str, tmp_path: Path) -> None:
    """The check above can fail."""
    wrong = tmp_path / "exchange-clock.service"
    wrong.write_text((UNITS / wrong.name).read_text().replace("ProtectHome", "ProtectHme"))
    told = subprocess.run(
        [analyze, "verify", str(wrong)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "ProtectHme" in told.stderr


def test_they_are_closed_to_the_machine(analyze: str, units: list[Path]) -> None:
    for unit in units:
        told = subprocess.run(
            [analyze, "security", "--offline=true", f"--threshold={EXPOSURE_MOST}", "--no-pager", str(unit)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert told.returncode == 0, told.stdout[-300:] + told.stderr


def test_all_are_closed_alike() -> None:
    """What one of them may not, the others may not: they stand in three files."""
    parts = [unit.read_text().partition("\nStateDirectory=")[2] for unit in UNITS.glob("*.service")]
    assert len(parts) == 3
    assert len(set(parts)) == 1


def test_stopping_outlasts_what_is_under_way() -> None:
    """Web drains for as long as granian gives it; a clock may be in the midst of one letter."""
    web, clock = ((UNITS / name).read_text() for name in ("exchange-web@.service", "exchange-clock.service"))
    drain = re.search(r"--workers-kill-timeout (\d+)", (ROOT / "Procfile").read_text())
    assert drain
    assert _seconds(web, "TimeoutStopSec") > int(drain[1])
    assert _seconds(clock, "TimeoutStopSec") > Settings.model_fields["smtp_timeout_seconds"].default
    waited = re.search(r"^WAIT_SECONDS = (\d+)", (ROOT / "deploy/wait_for_web.py").read_text(), re.MULTILINE)
    assert waited
    assert _seconds(web, "TimeoutStartSec") > int(waited[1])


def _seconds(unit: str, name: str) -> int:
    found = re.search(rf"^{name}=(\d+)$", unit, re.MULTILINE)
    assert found, name
    return int(found[1])

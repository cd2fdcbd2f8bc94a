"""The process of a look: it ends when its time is up, whatever the stranger does, and tells no secrets."""

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.busy.fetching.child_control import look
from exchange.busy.fetching.fetch_messages import Limits, LookFailed, Question, Source, question_text
from exchange.settings import ROOT, Settings
from tests.busy.server import Stranger


@pytest.fixture
def settings(authority: tuple[Path, Path]) -> Settings:
    return Settings(
        database_url="sqlite://", busy_allow_private=True, busy_ca_file=authority[0], busy_seconds=2
    )


def asked(url: str) -> Question:
    from_at, to_at = datetime(2026, 11, 17, tzinfo=UTC), datetime(2028, 2, 17, tzinfo=UTC)
    return Question(Source("ics", url, "ann", "secret word"), from_at, to_at, "Europe/Stockholm")


def test_headers_that_trickle_end_with_the_process(stranger: Stranger, settings: Settings) -> None:
    """No read ever times out on such a server: only the end of the process ends it."""
    began = time.monotonic()
    with pytest.raises(LookFailed, match="could not be read in 2 seconds"):
        look(asked(f"{stranger.url}/trickle-headers"), settings)
    assert time.monotonic() - began < 6


def test_a_clock_that_stops_does_not_wait_for_a_look(stranger: Stranger, settings: Settings) -> None:
    with pytest.raises(LookFailed, match="broken off"):
        look(asked(f"{stranger.url}/trickle-headers"), settings, is_stopping=lambda: True)


def test_a_look_that_its_clock_left_behind_ends_by_itself(
    stranger: Stranger, authority: tuple[Path, Path]
) -> None:
    """A clock that was killed could not end it, and a server that trickles would have kept it for good."""
    limits = Limits(most_bytes=100_000, seconds=1, allow_private=True, ca_file=authority[0])
    text = question_text(asked(f"{stranger.url}/trickle-headers"), limits)
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-m", "exchange.busy.fetching.child"],
        cwd=ROOT,
        input=text.encode(),
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert [path for path, _ in stranger.asked] == ["/trickle-headers"]
    assert 3 <= time.monotonic() - began < 20


def test_a_process_that_dies_is_a_sentence(
    stranger: Stranger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A calendar that needs too much memory or time: the kernel ends the process."""
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(LookFailed, match="more memory or time"):
        look(asked(f"{stranger.url}/good.ics"), settings)

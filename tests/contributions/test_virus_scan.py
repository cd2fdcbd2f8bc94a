"""Files are shown to the virus scanner that is configured, and kept only when it says that they are clean."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.errors import ConfigurationError
from exchange.settings import Settings, load_settings
from exchange.uploads.virus_scan import ScannerAway, check_scanner, scanned
from tests.contributions.conftest import AskedCycle
from tests.contributions.fake_clamd import EICAR, SIZE_MAX, clamd_on_path, clamd_on_port, port_of_nobody
from tests.contributions.test_answer import multipart


@pytest.fixture
def scanner() -> Iterator[str]:
    with clamd_on_port() as where:
        yield where


@pytest.fixture
def settings(database_url: str, tmp_path: Path, scanner: str) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path / "var",
        sample=False,
        feed_check_seconds=0,
        clamd=scanner,
    )


def test_the_scanner_is_asked_by_port_and_by_path(scanner: str, tmp_path: Path) -> None:
    with clamd_on_path(tmp_path) as path:
        for where in (scanner, path):
            check_scanner(where)
            assert scanned(where, b"a plan") == ""
            assert scanned(where, b"before " + EICAR) == "Eicar-Test-Signature"


def test_a_scanner_that_is_away_or_finds_a_file_too_long_says_so(scanner: str, tmp_path: Path) -> None:
    for where in (port_of_nobody(), str(tmp_path / "nothing.sock")):
        with pytest.raises(ScannerAway, match="does not answer"):
            check_scanner(where)
    with pytest.raises(ScannerAway, match="size limit"):
        scanned(scanner, b"x" * (SIZE_MAX + 1))


def test_what_the_scanner_knows_is_not_kept_and_what_it_does_not_know_is(
    asking: AskedCycle, settings: Settings
) -> None:
    assert sent(asking, EICAR) == (400, "the virus scanner found Eicar-Test-Signature in it.")
    assert not settings.uploads.exists()
    assert sent(asking, b"A plan.")[0] == 303
    assert len(list(settings.uploads.iterdir())) == 1


def test_nothing_is_kept_while_the_scanner_is_away(asking: AskedCycle, settings: Settings) -> None:
    installation = asking.app.extensions["exchange"]
    object.__setattr__(installation.settings, "clamd", port_of_nobody())
    assert sent(asking, b"A plan.") == (400, "the virus scanner here does not answer. Try again later.")
    assert not settings.uploads.exists()


@pytest.mark.parametrize("value", ["127.0.0.1", "clamd:port", "relative/clamd.sock"])
def test_an_address_of_a_scanner_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("EXCHANGE_CLAMD", value)
    with pytest.raises(ConfigurationError, match="EXCHANGE_CLAMD"):
        load_settings()


def sent(asking: AskedCycle, content: bytes) -> tuple[int, str]:
    """The status, and what was said of the file."""
    body, kind = multipart(asking.typed("Anna Contact", do="attach"), "files", "plan.txt", content)
    answer = asking.browser().post(asking.links["Anna Contact"], data=body, content_type=kind)
    found = re.search(r"plan\.txt was (?:refused|not kept): ([^<]+)", answer.text)
    return answer.status_code, found[1].strip() if found else ""

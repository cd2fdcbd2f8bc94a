"""Guesses at addresses of calendars over real HTTP: each network has its own tries, whatever it claims.

The server answers calendars from as much of a request as they need, and who asked was not in it: thirty
guesses of one stranger were those of everybody, and their next stale address got 429.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.settings import Settings
from exchange.web.access.guess_limits import GUESSES
from tests.attacks.raw_requests import status_of
from tests.served import served


@pytest.fixture(scope="module", params=["0", "1"])
def proxied(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, bool]]:
    """A served installation, and whether it trusts a proxy."""
    folder = tmp_path_factory.mktemp("guesses")
    shutil.copy(sqlite_template, folder / "exchange.db")
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder}/exchange.db")
    with served(settings, EXCHANGE_TRUSTED_PROXIES=request.param) as base:
        yield base, request.param == "1"


def test_guesses_of_one_network_leave_others_theirs(proxied: tuple[str, bool]) -> None:
    base, is_proxied = proxied

    def guess(*forwarded: str) -> int:
        lines = [f"X-Forwarded-For: {value}" for value in forwarded]
        return status_of(base, "/feeds/a-guess.ics", *lines)

    answers = [guess("203.0.113.1", "192.0.2.7") for _ in range(GUESSES)]
    assert answers == [404] * GUESSES
    assert guess("203.0.113.1, 192.0.2.7") == 429
    assert guess("203.0.113.2", "192.0.2.7") == 429  # what stands before the proxy's word is a claim
    assert guess("192.0.2.8") == (404 if is_proxied else 429)

"""Slow headers, bodies and readers hold connections, and nothing else; they are ended in time.

Four sockets that sent one byte of 5,000 held every thread, and with them calendars and /healthz.
"""

import itertools
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from exchange.settings import Settings
from tests.attacks.slow_visitors import KINDS, slow_visitors
from tests.served import served

CALENDAR, HEALTH, PAGE = "/feeds/network.ics", "/healthz", "/sign-in"
MANY = 500
ENDED_IN_SECONDS = 4.0  # of the short times set here
PATIENCE_SECONDS = 1.0
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def base(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served installation with short times."""
    settings = _settings(sqlite_template, tmp_path_factory.mktemp("slow"))
    short = {"EXCHANGE_BODY_SECONDS": "1.5", "EXCHANGE_READER_SECONDS": "1"}
    with served(settings, WEB_HEADER_SECONDS="1", **short) as address:
        yield address


@pytest.mark.parametrize(
    "path", [PAGE, "/review/x", "/answer/x", "/letters/stop/x", "/no-such-page", CALENDAR]
)
def test_slow_bodies_take_no_thread(base: str, path: str) -> None:
    with slow_visitors(base, ["slow body"] * 12, path):
        assert _slowest(base, CALENDAR, HEALTH, PAGE) < PATIENCE_SECONDS


@pytest.mark.parametrize("kind", ["says nothing", "slow headers", "slow body", "slow chunks", "keeps alive"])
def test_slow_visitor_is_ended(base: str, kind: str) -> None:
    with slow_visitors(base, [kind]) as [visitor]:
        assert visitor.is_ended(ENDED_IN_SECONDS)
    is_body = kind in ("slow body", "slow chunks")
    assert visitor.answered.startswith(b"HTTP/1.1 408 ") == is_body
    assert (b"connection: close" in visitor.answered.lower()) == is_body


@pytest.mark.skipif(sys.platform != "linux", reason="the system's limit is Linux's")
def test_visitor_who_takes_nothing_of_the_answer_is_ended(base: str) -> None:
    """4,300 of them held all connections of a process, and nobody else got one until they left."""
    with slow_visitors(base, ["reads nothing"]) as [visitor]:
        began = time.monotonic()
        while not visitor.is_reset():
            assert time.monotonic() - began < ENDED_IN_SECONDS
            time.sleep(0.2)


def test_body_that_trickles_is_ended_as_one_that_stops_is(base: str) -> None:
    """The time is for the whole body: each byte does not begin it anew."""
    with slow_visitors(base, ["slow body"]) as [visitor]:
        began = time.monotonic()
        while not visitor.is_ended(0.2):
            visitor.send_a_little()
            assert time.monotonic() - began < ENDED_IN_SECONDS
    assert b" 408 " in visitor.answered or not visitor.answered  # a byte sent too late resets the connection


def test_body_that_breaks_off_is_not_handed_on(base: str) -> None:
    """The half of a form that had arrived must not be taken for the whole."""
    address = urlsplit(base)
    with socket.create_connection((address.hostname or "", address.port or 0)) as visitor:
        form = "email=anna@example.org"
        lines = [f"POST {PAGE} HTTP/1.1", f"Host: {address.netloc}", f"Content-Type: {FORM}"]
        visitor.sendall("\r\n".join([*lines, f"Content-Length: {len(form) + 50}", "", form]).encode())
        visitor.shutdown(socket.SHUT_WR)
        visitor.settimeout(ENDED_IN_SECONDS)
        assert visitor.recv(1_000)[:12] in (b"", b"HTTP/1.1 400")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_body_that_is_too_long_is_told_so(base: str, is_chunked: bool) -> None:
    body = b"email=" + b"a" * 3_000_000
    sent = iter([body]) if is_chunked else body
    answer = requests.post(base + PAGE, data=sent, headers={"Content-Type": FORM}, timeout=20)
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_length_beyond_all_is_refused_before_it_comes(base: str) -> None:
    address = urlsplit(base)
    with socket.create_connection((address.hostname or "", address.port or 0)) as visitor:
        lines = [f"POST {PAGE} HTTP/1.1", f"Host: {address.netloc}", f"Content-Type: {FORM}"]
        visitor.sendall("\r\n".join([*lines, "Content-Length: 99000000000", "", "a"]).encode())
        visitor.settimeout(ENDED_IN_SECONDS)
        assert visitor.recv(1_000).startswith(b"HTTP/1.1 413 ")


def test_visitor_with_a_short_form_is_served_meanwhile(base: str) -> None:
    with slow_visitors(base, ["slow body"] * 12):
        assert requests.post(base + PAGE, data={"email": "anna@example.org"}, timeout=5).status_code == 400


@pytest.mark.faults
def test_calendars_and_health_answer_while_five_hundred_stand(sqlite_template: Path, tmp_path: Path) -> None:
    """All kinds at once, with the times that are set by default, until every one of them has been ended."""
    kinds = list(itertools.islice(itertools.cycle(KINDS), MANY))
    with served(_settings(sqlite_template, tmp_path)) as address, slow_visitors(address, kinds) as visitors:
        worst, began = 0.0, time.monotonic()
        while time.monotonic() - began < 12:
            for visitor in visitors:
                visitor.send_a_little()
            worst = max(worst, _slowest(address, CALENDAR, HEALTH))
        assert worst < PATIENCE_SECONDS
        ended = {one.kind for one in visitors if one.kind == "says nothing" and one.is_ended(0.5)}
        assert ended == {"says nothing"}


def _settings(sqlite_template: Path, folder: Path) -> Settings:
    shutil.copy(sqlite_template, folder / "exchange.db")
    return Settings(data_dir=folder, database_url=f"sqlite:///{folder}/exchange.db")


def _slowest(base: str, *paths: str) -> float:
    """Seconds that the slowest of a few answers took, each over a connection of its own."""
    taken = []
    for path in paths * 3:
        began = time.monotonic()
        requests.get(base + path, headers={"Connection": "close"}, timeout=10)
        taken.append(time.monotonic() - began)
    return max(taken)

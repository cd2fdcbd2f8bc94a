"""Feeds while pages are busy: how long a poll takes alone, and beside two hundred readers of pages.

Web and calendars run as the Procfile starts them; who asks runs on the other core. Each poll has the
tag that it got before, as calendar programs do. The memory of both is looked at in the end, when
calendars fill theirs.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlmodel import col, select

from exchange import clock
from exchange.app import create_app
from exchange.db import Database
from exchange.feeds.content.feed_owners import all_feeds
from exchange.feeds.publishing.publish import publish_stale
from exchange.feeds.subscriptions.feed_lifecycle import add_feed
from exchange.feeds.subscriptions.secret_addresses import add_address, current_address
from exchange.models import Feed, FeedKind, Person, Role
from exchange.settings import Settings
from exchange.web.http.request_logs import configure_logs
from tests.audit_key import KEY
from tests.bench.cores import on_other_core
from tests.bench.full_size import NOW, on_one_database, opened
from tests.bench.pages import signed_in
from tests.served import supervised

READERS, FEEDS, SECONDS = 200, 500, 15  # so many calendars are more than fit into memory
MOST_TIMES, MOST_MEGABYTES = 5, 250  # what is aimed at
PAGE = "/programme/2029"
BETWEEN_POLLS = 0.005  # two hundred a second at most


def measure() -> None:
    """Print p50 and p99 of feeds alone and beside readers, and the memory of both processes then."""
    configure_logs("CRITICAL")
    name, settings = on_one_database()
    database = opened(settings)
    _add_feeds(database, settings)
    paths, cookie = _paths(database, settings), _cookie(settings)
    database.dispose()
    told = {
        "EXCHANGE_AUDIT_KEY": KEY,
        "EXCHANGE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "EXCHANGE_TRUSTED_PROXIES": "1",
    }
    with (
        supervised(settings, **told) as (base, web),
        supervised(settings, process="calendars", **told) as (calendars_base, calendars),
        _child("poll", calendars_base, *paths) as poller,
    ):
        alone = _polled(poller)
        with _child("read", base, cookie):
            beside = _polled(poller)
            megabytes = {
                name: _megabytes_of_children(one.pid)
                for name, one in (("web", web), ("calendars", calendars))
            }
    times = _part(beside, 99) / _part(alone, 99)
    print(_line(f"{name}: {len(paths):,} feeds polled, alone", alone))
    print(_line(f"{name}: beside {READERS} readers", beside))
    print(f"{'p99 beside readers, of that alone':44} {times:6.1f}  (aimed at: {MOST_TIMES})")
    for process, held in megabytes.items():
        print(f"{f'memory of {process} then':44} {held:6.0f} MB  (aimed at: {MOST_MEGABYTES})")


def poll(base: str, *paths: str) -> None:
    """Ask each feed once; then, for each line that comes, poll for SECONDS and tell how long each took."""
    connection = _connection(base)
    tags = {path: _asked(connection, path, {}).tag for path in paths}
    print("ready", flush=True)
    turns = cycle(Random(1).sample(paths, len(paths)))
    for _ in sys.stdin:
        taken, ends_at = [], time.monotonic() + SECONDS
        while (began := time.monotonic()) < ends_at:
            path = next(turns)
            tags[path] = _asked(connection, path, {"If-None-Match": tags[path]}).tag
            taken.append(time.monotonic() - began)
            time.sleep(BETWEEN_POLLS)
        print(json.dumps(taken), flush=True)


def read(base: str, cookie: str) -> None:
    """Two hundred readers who open a page again as soon as they have it, until the input ends.

    Each comes from a network of their own, by a proxy; whoever is told to wait does.
    """

    def go_on(reader: int) -> None:
        connection = _connection(base)
        headers = {"Cookie": f"exchange={cookie}", "X-Forwarded-For": f"10.{reader}.0.1"}
        while True:
            time.sleep(_asked(connection, PAGE, headers).retry_after)

    for reader in range(READERS):
        threading.Thread(target=go_on, args=(reader,), daemon=True).start()
    time.sleep(2)  # they have begun
    print("ready", flush=True)
    sys.stdin.read()


@contextmanager
def _child(*words: str) -> Iterator["subprocess.Popen[str]"]:
    """A process on the other core that is told by lines, once it is ready; it ends with its input."""
    with on_other_core("tests.bench.load") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(words) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        yield process


def _polled(poller: "subprocess.Popen[str]") -> list[float]:
    assert poller.stdin is not None
    assert poller.stdout is not None
    poller.stdin.write("\n")
    poller.stdin.flush()
    return list(json.loads(poller.stdout.readline()))


def _connection(base: str) -> http.client.HTTPConnection:
    address = urlsplit(base)
    return http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)


class _Answer(NamedTuple):
    """As much of an answer as is looked at: its tag, and how many seconds it asks to wait."""

    tag: str
    retry_after: float


def _asked(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> _Answer:
    """Ask, anew where the server hangs up."""
    while True:
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (ConnectionError, http.client.HTTPException):
            connection.close()  # it connects again by itself
        else:
            return _Answer(answer.headers.get("ETag", ""), float(answer.headers.get("Retry-After", "0")))


def _megabytes_of_children(parent: int) -> float:
    """Resident memory of the largest child of a process: the one that serves, below its supervisor."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return max(map(_resident_megabytes, children))


def _resident_megabytes(process: str) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024 / 1e6


def _line(what: str, seconds: list[float]) -> str:
    told = f"p50 {_part(seconds, 50) * 1000:7.1f} ms  p99 {_part(seconds, 99) * 1000:7.1f} ms"
    return f"{what:44} {len(seconds) / SECONDS:6.0f}/s  {told}"


def _part(seconds: list[float], hundredth: int) -> float:
    return sorted(seconds)[min(len(seconds) - 1, len(seconds) * hundredth // 100)]


def _add_feeds(database: Database, settings: Settings) -> None:
    """A calendar of their own for so many people that there are FEEDS in all."""
    with database.transaction() as session:
        most = FEEDS - len(session.exec(select(Feed.id)).all())
        for person_id in session.exec(select(Person.id).order_by(col(Person.id)).limit(most)).all():
            feed = Feed(kind=FeedKind.PERSON, person_id=person_id)
            add_feed(session, feed)
            add_address(session, feed, settings=settings, now=NOW)
    publish_stale(database, settings, NOW)


def _paths(database: Database, settings: Settings) -> list[str]:
    with database.reading() as session:
        found = (current_address(settings, feed) for feed in all_feeds(session))
        return [address.removeprefix(settings.base_url) for address in found if address]


def _cookie(settings: Settings) -> str:
    app = create_app(settings, now=clock.utc_now)
    cookie = signed_in(app, settings, Role.CITY_LEAD, clock.utc_now()).get_cookie("exchange")
    app.extensions["exchange"].database.dispose()
    assert cookie is not None
    return cookie.value


if __name__ == "__main__":
    name, *given = json.loads(sys.stdin.readline())
    {"poll": poll, "read": read}[name](*given)

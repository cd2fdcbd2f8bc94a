"""The mirror: the same bytes in a folder and in a bucket, replaced at once, gone when revoked."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.mirror.storage_backends import Folder
from exchange.feeds.mirror.sync import sync_mirror
from exchange.feeds.publishing.publish import ensure_feeds, mark_training_stale, publish_stale, touch
from exchange.feeds.subscriptions.secret_addresses import current_address, revoke_city_feed
from exchange.models import Feed, FeedKind, TrainingEvent
from exchange.settings import Settings
from tests.factories import MADE_AT, make_city, make_training

LATER = MADE_AT + timedelta(hours=1)


class Store(BaseHTTPRequestHandler):
    """The part of S3 that the mirror speaks, kept in memory; two names on a page."""

    objects: dict[str, tuple[bytes, dict[str, str]]]
    refused: set[str]  # names that are not taken
    held: dict[str, Event]  # names of which the next file is on its way until the event
    stored: dict[
        str, Callable[[], None]
    ]  # what happens once a file of this name is there, and not yet answered

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self._key() in self.held:
            assert self.held.pop(self._key()).wait(20)
        if self._key() in self.refused:
            self._answer(403)
            return
        if "chunked" in self.headers.get("Content-Encoding", ""):
            content = unchunked(content)
        self.objects[self._key()] = content, dict(self.headers)
        self.stored.pop(self._key(), lambda: None)()
        self._answer(200)

    def do_DELETE(self) -> None:
        self.objects.pop(self._key(), None)
        self._answer(204)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        after = query.get("continuation-token", [""])[0]
        names = [
            name for name in sorted(self.objects) if name.startswith(query["prefix"][0]) and name > after
        ]
        more = f"<NextContinuationToken>{names[1]}</NextContinuationToken>" if len(names) > 2 else ""
        listed = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in names[:2])
        truncated = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        self._answer(200, f"<ListBucketResult>{truncated}{more}{listed}</ListBucketResult>")

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/bucket/")

    def _answer(self, status: int, body: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def unchunked(content: bytes) -> bytes:
    """The body of a request signed in chunks: each with its size in hex before it."""
    size, _, rest = content.partition(b"\r\n")
    length = int(size.partition(b";")[0], 16)
    return rest[:length] + unchunked(rest[length + 2 :]) if length else b""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Store]]:
    class Mine(Store):
        objects: dict[str, tuple[bytes, dict[str, str]]] = {}  # noqa: RUF012 - one store a test
        refused: set[str] = set()  # noqa: RUF012 - as above
        held: dict[str, Event] = {}  # noqa: RUF012 - as above
        stored: dict[str, Callable[[], None]] = {}  # noqa: RUF012 - as above

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mine)
    thread = Thread(target=server.serve_forever)
    thread.start()
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "y"), ("DEFAULT_REGION", "eu-north-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("EXCHANGE_TEST_STORE", f"http://127.0.0.1:{server.server_port}")
    Mine.address = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    yield Mine
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def training(database: Database, settings: Settings) -> TrainingEvent:
    """An open event in one city's feed and the public one, published."""
    with database.transaction() as session:
        training = make_training(session, host_city=make_city(session), title="Old", marking="TLP:CLEAR")
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    return training


def test_folder_holds_the_bytes_that_are_answered_and_follows_them(
    database: Database, settings: Settings, training: TrainingEvent, client: FlaskClient, tmp_path: Path
) -> None:
    folder = tmp_path / "outlet"
    outside = _with(settings, feed_outlet=str(folder), feed_outlet_secret=True)
    assert sync_mirror(database, outside) == 2
    (folder / "robots.txt").write_text("not ours")
    (folder / ".feed-abcd1234").write_text("half of a secret calendar, by a run that was killed")
    path = _city_path(database, settings)
    for name in ("network.ics", path.rpartition("/")[2]):
        assert (folder / name).read_bytes() == client.get(f"/feeds/{name}").data
    assert sync_mirror(database, outside) == 0
    _rename(database, training)
    publish_stale(database, settings, LATER)
    assert sync_mirror(database, outside) == 2
    assert b"New" in (folder / "network.ics").read_bytes()
    (folder / "network.ics").unlink()
    assert sync_mirror(database, outside) == 1, "what went missing is put again"
    _revoke(database)
    assert sync_mirror(database, outside) == 1
    assert sorted(entry.name for entry in folder.iterdir()) == ["network.ics", "robots.txt"]


def test_secret_feeds_stay_at_home_unless_they_are_asked_for(
    database: Database, settings: Settings, training: TrainingEvent, tmp_path: Path
) -> None:
    outside = _with(settings, feed_outlet=str(tmp_path / "outlet"))
    assert sync_mirror(database, outside) == 1
    assert [entry.name for entry in (tmp_path / "outlet").iterdir()] == ["network.ics"]
    assert sync_mirror(database, settings) == 0


def test_bucket_holds_the_same_and_loses_what_is_revoked(
    database: Database, settings: Settings, training: TrainingEvent, client: FlaskClient, store: type[Store]
) -> None:
    outside = _with(
        settings,
        feed_outlet="s3://bucket/calendars",
        feed_outlet_secret=True,
        feed_outlet_endpoint=store.address,  # type: ignore[attr-defined]
    )
    store.objects.update({f"calendars/zz-{number}.txt": (b"", {}) for number in range(4)})
    assert sync_mirror(database, outside) == 2
    content, headers = store.objects["calendars/network.ics"]
    assert content == client.get("/feeds/network.ics").data
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=300"
    assert sync_mirror(database, outside) == 0
    _rename(database, training)
    publish_stale(database, settings, LATER)
    store.refused.add("calendars/network.ics")
    assert sync_mirror(database, outside) == 1, "the city's; one that is not taken keeps no other"
    assert store.objects["calendars/network.ics"][0] == content, "the old one, whole"
    store.refused.clear()
    assert sync_mirror(database, outside) == 1, "what failed is tried again"
    assert store.objects["calendars/network.ics"][0] == client.get("/feeds/network.ics").data != content
    _revoke(database)
    assert sync_mirror(database, outside) == 1
    assert [name for name in store.objects if name.endswith(".ics")] == ["calendars/network.ics"]


def test_slow_clock_that_puts_an_older_file_last_is_made_good(
    database: Database, settings: Settings, training: TrainingEvent, store: type[Store]
) -> None:
    """Two clocks filled the mirror at once: the older file lay there for good, marked as the newer one."""
    outside = _with(
        settings,
        feed_outlet="s3://bucket/calendars",
        feed_outlet_endpoint=store.address,  # type: ignore[attr-defined]
    )
    may_arrive, is_read = Event(), Event()

    class Held(Event):
        """Says when the slow clock has read the calendar and its file is on its way."""

        def wait(self, timeout: float | None = None) -> bool:
            is_read.set()
            return may_arrive.wait(timeout)

    slow = Thread(target=sync_mirror, args=(database, outside))

    def let_the_slow_one_end() -> None:
        may_arrive.set()
        slow.join(20)

    store.held["calendars/network.ics"] = Held()
    slow.start()
    assert is_read.wait(20)
    _rename(database, training)
    publish_stale(database, settings, LATER)
    store.stored["calendars/network.ics"] = let_the_slow_one_end
    sync_mirror(database, outside)
    assert b"Old" in store.objects["calendars/network.ics"][0], "as it happened"
    sync_mirror(database, outside)
    assert b"New" in store.objects["calendars/network.ics"][0]
    assert sync_mirror(database, outside) == 0


def test_folder_keeps_the_old_file_whole_when_a_new_one_cannot_be_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("network.ics", b"old", [])
    with pytest.raises(TypeError):
        folder.put("network.ics", "no bytes", [])  # type: ignore[arg-type]  # stands for a full disk
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"network.ics": b"old"}


def _with(settings: Settings, **values: object) -> Settings:
    return Settings(**(settings.model_dump(exclude_defaults=False) | values))  # type: ignore[arg-type]


def _city_path(database: Database, settings: Settings) -> str:
    with database.reading() as session:
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        return re.sub(r"^https?://[^/]+", "", current_address(settings, feed) or "")


def _rename(database: Database, training: TrainingEvent) -> None:
    with database.transaction() as session:
        row = session.get_one(TrainingEvent, training.id)
        row.title = "New"
        touch(row, LATER)
        mark_training_stale(session, row)


def _revoke(database: Database) -> None:
    with database.transaction() as session:
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        assert feed.city is not None
        revoke_city_feed(session, feed.city, actor=None, now=LATER)

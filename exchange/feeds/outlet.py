"""The second outlet: the same bytes as files in a folder or a bucket, for a CDN to hand out.

Files are replaced whole, and removed when their address is revoked. What lies there is compared with
what ought to, so a run that was cut short is made good by the next.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.feeds.addresses import token_of
from exchange.feeds.answers import CALENDAR, FOR_ALL, FOR_ONE, Headers
from exchange.feeds.queries import all_feeds
from exchange.feeds.volumes import named, volume_of
from exchange.models import Feed, FeedKind, FeedSlot, PublishedFeed
from exchange.settings import Settings
from exchange.tokens import digest

log = structlog.get_logger("exchange")

OURS = re.compile(r"(network|[\w-]{43})\.ics")  # nothing else in the folder or bucket is touched
BESIDE = ".feed-"  # how a file begins that is being written, in a folder


class Outlet(Protocol):
    """A place that files are put into, each at once and whole."""

    def names(self) -> set[str]:
        """The files of ours that lie there."""

    def put(self, name: str, content: bytes, headers: Headers) -> None:
        """Put a file there, or another in its place."""

    def remove(self, name: str) -> None:
        """Take a file away; nothing when it is not there."""


@dataclass(frozen=True)
class Folder:
    """A folder; a reader finds the old file or the new one, never a part."""

    path: Path

    def names(self) -> set[str]:
        """The files of ours that lie there."""
        return {entry.name for entry in self.path.iterdir() if OURS.fullmatch(entry.name)}

    def put(self, name: str, content: bytes, _headers: Headers) -> None:
        """Write beside, then rename."""
        handle, beside = tempfile.mkstemp(dir=self.path, prefix=BESIDE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).chmod(0o644)
            Path(beside).replace(self.path / name)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        """Take a file away."""
        (self.path / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Bucket:
    """A bucket that speaks S3; an object is replaced whole by its nature."""

    client: "S3"
    bucket: str
    prefix: str

    def names(self) -> set[str]:
        """The files of ours that lie there."""
        return {name for name in self._listed() if OURS.fullmatch(name)}

    def put(self, name: str, content: bytes, headers: Headers) -> None:
        """Put an object, with the headers that the web process would send."""
        told = dict(headers)
        self.client.put_object(
            Bucket=self.bucket,
            Key=f"{self.prefix}{name}",
            Body=content,
            ContentType=told["Content-Type"],
            CacheControl=told["Cache-Control"],
            ContentDisposition=told["Content-Disposition"],
        )

    def remove(self, name: str) -> None:
        """Delete an object."""
        self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}{name}")

    def _listed(self) -> Iterator[str]:
        more: dict[str, str] = {}
        while True:
            page = self.client.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix, **more)
            for one in page.get("Contents", ()):
                yield str(one["Key"]).removeprefix(self.prefix)
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": str(page["NextContinuationToken"])}


class S3(Protocol):
    """What a bucket needs of boto3's client, which carries no types."""

    def put_object(self, **values: object) -> Mapping[str, object]: ...
    def delete_object(self, **values: object) -> Mapping[str, object]: ...
    def list_objects_v2(self, **values: object) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class File:
    """A file that ought to lie in the outlet; ``mark`` tells which state of its feed it is to be."""

    name: str
    feed_id: int
    mark: str
    is_put: bool


def outlet_of(settings: Settings) -> Outlet | None:
    """The outlet of the settings; None without one. Raises ConfigurationError."""
    address = settings.feed_outlet
    if not address:
        return None
    if not address.startswith("s3://"):
        path = Path(address)
        path.mkdir(parents=True, exist_ok=True)
        for left in path.glob(f"{BESIDE}*"):  # by a run that was killed; one that still writes tries again
            left.unlink(missing_ok=True)
        return Folder(path)
    parts = urlsplit(address)
    prefix = parts.path.strip("/")
    return Bucket(_client(settings), parts.netloc, f"{prefix}/" if prefix else "")


def fill_outlet(database: Database, settings: Settings) -> int:
    """Put what changed, take away what was revoked; how many files were put or removed."""
    outlet = outlet_of(settings)
    if outlet is None:
        return 0
    there = outlet.names()
    with database.reading() as session:
        wanted = _wanted(session, settings)
    gone = sorted(there - {file.name for file in wanted})
    for name in gone:  # first: a revocation must not wait for the rest
        outlet.remove(name)
    new = [file for file in wanted if not file.is_put or file.name not in there]
    return len(gone) + sum(_put(database, outlet, file) for file in new)


def _wanted(session: Session, settings: Settings) -> list[File]:
    """The files that ought to lie in the outlet: public feeds, and secret ones when asked for."""
    versions = dict(session.exec(select(col(FeedSlot.id), FeedSlot.version)).all())
    found = []
    for feed in all_feeds(session):
        row = session.get(PublishedFeed, feed.id)
        name = _name(feed, settings)
        if row is not None and row.version and name:
            shown = sum(versions.get(id_, 0) for id_ in map(int, row.slots.split()))
            # The name is part of the mark: a new address is a new file of the same bytes.
            mark = f"{digest(name)[:16]} {row.version} {shown}"
            found.append(File(name, row.feed_id, mark, row.outlet_mark == mark))
    return found


def _name(feed: Feed, settings: Settings) -> str | None:
    if feed.kind == FeedKind.NETWORK:
        return "network.ics"
    token = token_of(settings, feed) if settings.feed_outlet_secret else None
    return f"{token}.ics" if token else None


def _put(database: Database, outlet: Outlet, file: File) -> bool:
    """Put one file; whether that worked. What fails is tried again by the next tick."""
    try:
        with database.reading() as session:
            feed = session.get_one(Feed, file.feed_id)
            content = volume_of(session, session.get_one(PublishedFeed, file.feed_id)).content
            cached = FOR_ALL if feed.kind == FeedKind.NETWORK else FOR_ONE
            headers = [CALENDAR, cached, named(feed).header]
        outlet.put(file.name, content, headers)
    except Exception:  # the next file is not to blame; the log has the cause
        log.exception("feed not put into the outlet", feed_id=file.feed_id)
        return False
    with database.transaction() as session:
        session.get_one(PublishedFeed, file.feed_id).outlet_mark = file.mark
    return True


def _client(settings: Settings) -> S3:
    try:
        import boto3  # an extra: most houses have no bucket
    except ImportError as absent:
        raise ConfigurationError(
            "feed_outlet names a bucket: install the extra s3 (python3 bootstrap.py s3)."
        ) from absent
    endpoint = settings.feed_outlet_endpoint or None
    client: S3 = boto3.client("s3", endpoint_url=endpoint)
    return client

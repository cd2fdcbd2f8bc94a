"""Storage back ends of the mirror: a folder, or a bucket that speaks S3.

Which files lie there, and when, sync.py says.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from exchange.errors import ConfigurationError
from exchange.feeds.serving.responses import Headers
from exchange.settings import Settings
from exchange.system.whole_files import write_whole

OURS = re.compile(r"(network|[\w-]{43})\.ics")  # nothing else in the folder or bucket is touched
BESIDE = ".feed-"  # how a file begins that is being written, in a folder


class StorageBackend(Protocol):
    """Where files are put, each at once and complete."""

    def names(self) -> set[str]:
        """The files of ours that lie there."""

    def put(self, name: str, content: bytes, headers: Headers) -> None:
        """Put a file there, or another in its place."""

    def remove(self, name: str) -> None:
        """Take a file away; nothing when it is not there."""


def storage_backend(settings: Settings) -> StorageBackend | None:
    """The back end of the settings; None without one. Raises ConfigurationError."""
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


@dataclass(frozen=True)
class Folder:
    """A folder; a reader finds the old file or the new one, never a part."""

    path: Path

    def names(self) -> set[str]:
        """The files of ours that lie there."""
        return {entry.name for entry in self.path.iterdir() if OURS.fullmatch(entry.name)}

    def put(self, name: str, content: bytes, _headers: Headers) -> None:
        """Write beside, then rename."""
        write_whole(self.path / name, content, beside=self.path / f"{BESIDE}{uuid4().hex}", mode=0o644)

    def remove(self, name: str) -> None:
        """Take a file away."""
        (self.path / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Bucket:
    """A bucket that speaks S3; an object is replaced at once by its nature."""

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


def _client(settings: Settings) -> S3:
    try:
        import boto3  # an extra: most installations have no bucket
    except ImportError as absent:
        raise ConfigurationError(
            "feed_outlet names a bucket: install the extra s3 (python3 bootstrap.py s3)."
        ) from absent
    endpoint = settings.feed_outlet_endpoint or None
    client: S3 = boto3.client("s3", endpoint_url=endpoint)
    return client

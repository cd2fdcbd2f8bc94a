"""The bytes of files that people hand in: written, read, deleted. It knows no rows and no rings.

Names are ours alone, so that nothing of a person's reaches the file system.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exchange.errors import NotFound
from exchange.system.whole_files import write_whole

HALF = ".part"  # how the name of a file ends that is being written


class Damaged(NotFound):
    """The bytes are not those that were stored."""


@dataclass(frozen=True)
class Stored:
    """Where bytes lie, and what they are."""

    stored_name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Upload:
    """A file that was checked and stored."""

    name: str
    media_type: str
    stored: Stored


def store(folder: Path, content: bytes) -> Stored:
    """Write all of the bytes or none. Raises OSError when there is no room for them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    write_whole(folder / name, content, beside=folder / f"{name}{HALF}")
    return Stored(name, len(content), _digest(content))


def content_of(folder: Path, stored: Stored) -> bytes:
    """The bytes as they were stored. Raises NotFound when they are gone, and Damaged when they are others."""
    try:
        content = (folder / stored.stored_name).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("The file is no longer here.") from error
    if _digest(content) != stored.sha256:
        raise Damaged("The file was damaged where it is kept, and is not handed out. Tell the coordinator.")
    return content


def forget_halves(folder: Path, before: datetime) -> int:
    """Delete what a process that was killed had begun to write before ``before``; how many."""
    halves = [path for path in folder.glob(f"*{HALF}") if path.stat().st_mtime < before.timestamp()]
    for path in halves:
        path.unlink(missing_ok=True)
    return len(halves)


def delete(folder: Path, stored_name: str) -> None:
    """Delete the bytes; nothing when they are gone."""
    (folder / stored_name).unlink(missing_ok=True)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

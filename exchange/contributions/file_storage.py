"""The bytes of files that people hand in: written, read, deleted. It knows no rows and no rings.

Names are ours alone, so that nothing of a person's reaches the file system.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from exchange.errors import NotFound


@dataclass(frozen=True)
class Stored:
    """Where bytes lie, and what they are."""

    stored_name: str
    size_bytes: int
    sha256: str


def store(folder: Path, content: bytes) -> Stored:
    """Write the bytes whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    half = folder / f"{name}.part"
    with half.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / name)
    return Stored(name, len(content), hashlib.sha256(content).hexdigest())


def content_of(folder: Path, stored_name: str) -> bytes:
    """The bytes. Raises NotFound when they are gone."""
    try:
        return (folder / stored_name).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("The file is no longer here.") from error


def delete(folder: Path, stored_name: str) -> None:
    """Delete the bytes; nothing when they are gone."""
    (folder / stored_name).unlink(missing_ok=True)

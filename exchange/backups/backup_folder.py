"""The folder in which backups lie, one a folder named by its moment; it knows nothing of what is in them.

A backup grows under another name and gets its own when it is whole: what has a moment's name is a backup.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from exchange.errors import Conflict
from exchange.tokens import PRIVATE_FOLDER

UNFINISHED, LEAVING = ".unfinished-", ".leaving-"
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z")


def name_at(now: datetime) -> str:
    """What a backup of this moment is called: "2027-03-01T021500Z"."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


def backups_in(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first; [] where there is no folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir())


@contextmanager
def begun(folder: Path, name: str) -> Iterator[Path]:
    """A folder to fill, which gets its name when nothing was raised, and is gone when something was.

    What killed processes left is removed first. Raises Conflict while another backup is being made there,
    and when there is one of that name.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with _alone_in(folder):
        for left in [*folder.glob(f"{UNFINISHED}*"), *folder.glob(f"{LEAVING}*")]:
            shutil.rmtree(left)
        if (folder / name).exists():
            raise Conflict("%(file)s exists: a backup overwrites nothing.", file=folder / name)
        half = folder / f"{UNFINISHED}{name}"
        half.mkdir(mode=PRIVATE_FOLDER)
        try:
            yield half
            on_disk(half)
            half.rename(folder / name)
            on_disk(folder)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise


def prune(folder: Path, keep: int) -> list[str]:
    """Remove all but the newest ``keep`` backups; the names of those that went."""
    old = backups_in(folder)[:-keep]
    for path in old:
        leaving = path.with_name(f"{LEAVING}{path.name}")  # half of one must not look like one
        path.rename(leaving)
        shutil.rmtree(leaving)
    return [path.name for path in old]


def on_disk(folder: Path) -> None:
    """Write what a folder lists onto the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """The system lets go of the lock when the process ends, however that happens."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        _lock(opened, folder)
        yield
    finally:
        os.close(opened)


def _lock(opened: int, folder: Path) -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict("Another backup is being made in %(folder)s.", folder=folder) from error

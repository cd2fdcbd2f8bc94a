"""The files that people hand in, copied into a backup: all that the copy of the database names.

A file is never changed once it is there, so that copying it needs no moment at which all stand still.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from exchange.backups.manifest import KeptFile, kept_file
from exchange.tokens import PRIVATE_FILE, PRIVATE_FOLDER


def copy_all(uploads: Path, target: Path) -> None:
    """Copy what is there now, before the database is copied: a person may take a file away meanwhile."""
    target.mkdir(mode=PRIVATE_FOLDER)
    for path in sorted(uploads.iterdir()) if uploads.is_dir() else ():
        if path.is_file() and not path.name.endswith(".part"):
            copy_file(path, target / path.name)


def keep_named(uploads: Path, target: Path, named: Mapping[str, str]) -> tuple[list[KeptFile], list[str]]:
    """Bring the copies to what the database names: the files, and the names of those missing or damaged."""
    kept, absent = [], []
    for name, sha256 in sorted(named.items()):
        if not (target / name).is_file():
            copy_file(uploads / name, target / name)
        found = kept_file(target / name) if (target / name).is_file() else None
        if found is None or found.sha256 != sha256:
            absent.append(name)
        else:
            kept.append(found)
    for path in target.iterdir():
        if path.name not in {one.name for one in kept}:
            path.unlink()
    return kept, absent


def copy_file(source: Path, target: Path) -> None:
    """Copy one file onto the disk, readable for its owner alone; nothing when it is gone."""
    try:
        opened = source.open("rb")
    except FileNotFoundError:
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with opened, os.fdopen(os.open(target, flags, PRIVATE_FILE), "wb") as copy:
        shutil.copyfileobj(opened, copy)
        copy.flush()
        os.fsync(copy.fileno())

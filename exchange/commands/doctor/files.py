"""Looks at the disks: room, and whether the files that people handed in are the ones they handed in."""

import shutil
from pathlib import Path

from sqlmodel import col, select

from exchange.commands.data_dir import check_writable
from exchange.commands.doctor.findings import NotWell, Unwise
from exchange.db import Database
from exchange.errors import NotFound
from exchange.models import Attachment
from exchange.settings import Settings
from exchange.uploads.file_storage import HALF, Damaged, Stored, content_of

FREE_MB = 500  # below this a disk has too little room: a backup or a night's log may need as much
MB = 1_000_000


def room(settings: Settings) -> str:
    """How much is free where this installation keeps its data."""
    free = {folder: _free_mb(folder) for folder in _folders(settings)}
    for folder, megabytes in free.items():
        if megabytes < FREE_MB:
            raise NotWell("%(folder)s has %(free)s MB left; make room", folder=folder, free=f"{megabytes:,}")
    return "; ".join(f"{megabytes:,} MB free in {folder}" for folder, megabytes in free.items())


def writing(settings: Settings) -> str:
    """Whether a file can be made in each folder."""
    for folder in _folders(settings):
        check_writable(folder)
    return "files can be written"


def uploads(database: Database, settings: Settings) -> str:
    """Each file that an answer has, read and compared with the digest it had when it came."""
    with database.reading() as session:
        known = session.exec(select(Attachment).where(col(Attachment.removed_at).is_(None))).all()
    missing: list[int] = []
    damaged: list[int] = []
    for one in known:
        try:
            content_of(settings.uploads, Stored(one.stored_name, one.size_bytes, one.sha256))
        except Damaged:
            damaged.append(one.id or 0)
        except NotFound:
            missing.append(one.id or 0)
    if missing or damaged:
        raise NotWell(
            "%(damaged)s damaged and %(missing)s missing of %(all)s (attachments %(first)s);"
            " restore them from a backup",
            damaged=len(damaged),
            missing=len(missing),
            all=len(known),
            first=", ".join(map(str, sorted([*damaged, *missing])[:10])),
        )
    strays = _strays(settings.uploads, {one.stored_name for one in known})
    if strays:
        raise Unwise(
            "%(all)s are as they came; %(strays)s more belong to no answer (of a process that was killed)",
            all=len(known),
            strays=strays,
        )
    return f"{len(known)} are as they came"


def _strays(folder: Path, known: set[str]) -> int:
    if not folder.is_dir():
        return 0
    return sum(path.name not in known and path.suffix != HALF for path in folder.iterdir())


def _folders(settings: Settings) -> list[Path]:
    """Those that are there; the other ones nobody has needed yet."""
    named = {settings.data_dir: None, settings.uploads: None, settings.anchor_file.parent: None}
    return [folder for folder in named if folder.is_dir()]


def _free_mb(folder: Path) -> int:
    return shutil.disk_usage(folder).free // MB

"""Anchors: signed lines that say how long the trail was and how it ended, kept where no database reaches.

The trail alone shows what was changed in it; only an anchor from outside shows that a whole older copy
was put back, or that the trail was emptied together with its head.
"""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session, select

from exchange.audit.canonical import anchor_message, instant
from exchange.audit.keys import KeyRing, keys_of
from exchange.audit.recording import check_head
from exchange.models import AuditHead

_PRIVATE = 0o600
_FIELDS = 6
_TAIL_BYTES = 1000  # longer than any line


@dataclass(frozen=True)
class Anchor:
    """How the trail stood: ``count`` entries, the last of them ``last_id`` with ``hash``."""

    at: datetime
    count: int
    last_id: int
    hash: str
    key_id: str
    mac: str

    def __str__(self) -> str:
        return f"{instant(self.at)} {self.count} {self.last_id} {self.hash} {self.key_id} {self.mac}"

    def is_signed(self, keys: KeyRing) -> bool:
        """Whether one of the keys signed it."""
        message = anchor_message(self.at, self.count, self.last_id, self.hash)
        return keys.is_signed(self.mac, self.key_id, message)


class BadAnchor(ValueError):
    """A line that is no anchor."""


def present_anchor(session: Session, now: datetime) -> Anchor:
    """How the trail stands at ``now``, signed. Raises BrokenTrail for a head that was tampered with."""
    head, keys = session.exec(select(AuditHead)).one(), keys_of(session)
    check_head(head, keys)
    message = anchor_message(now, head.count, head.last_id, head.hash)
    mac = keys.mac(keys.signing, message) or ""
    return Anchor(now, head.count, head.last_id, head.hash, keys.signing, mac)


def keep_anchor(file: Path, anchor: Anchor) -> bool:
    """Add the anchor to the file, unless its last line says the same; whether it was added."""
    if _last_words(file)[1:4] == str(anchor).split()[1:4]:
        return False
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _PRIVATE)
    try:
        _add_line(opened, f"{anchor}\n".encode("ascii"))
    finally:
        os.close(opened)
    return True


def last_anchor(file: Path) -> Anchor | None:
    """What the file says last; None where there is no file, or nothing in it. Raises BadAnchor."""
    words = _last_words(file)
    return parsed_anchor(" ".join(words)) if words else None


def _add_line(opened: int, line: bytes) -> None:
    """One write of one short line, at the end wherever that is by now: two clocks never mix theirs."""
    before = os.fstat(opened).st_size
    written = os.write(opened, line)
    if written != len(line):  # the disk is full; half a line would be read as one that was tampered with
        os.ftruncate(opened, before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(opened)


def anchors_in(file: Path) -> Iterator[tuple[int, Anchor | None]]:
    """Each line's number and anchor, None for what is none; nothing where there is no file."""
    if not file.exists():
        return
    with file.open(encoding="ascii", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield number, parsed_anchor(line)
            except BadAnchor:
                yield number, None


def parsed_anchor(line: str) -> Anchor:
    """The anchor that a line of the file, or of a letter, holds. Raises BadAnchor."""
    words = line.split()
    try:
        at, count, last_id, newest, key_id, mac = words
        moment = datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        return Anchor(moment, int(count), int(last_id), newest, key_id, mac)
    except ValueError as error:
        raise BadAnchor(f"{len(words)} words instead of {_FIELDS}") from error


def _last_words(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            opened.seek(0, os.SEEK_END)
            opened.seek(max(0, opened.tell() - _TAIL_BYTES))
            lines = opened.read().decode("ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return lines[-1].split() if lines else []

"""What the command line says of the audit trail: whether it verifies, and where it stands.

It writes nothing.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from exchange.audit import Verdict, verify
from exchange.audit.anchors import present_anchor
from exchange.db import Database


def verify_trail(database: Database, *, since: date | None, outside: list[Path]) -> Verdict:
    """Read the trail, held against the files of anchors."""
    with database.reading() as session:
        return verify(session, since=since, outside=outside)


def words_of(verdict: Verdict, outside: list[Path]) -> Iterator[str]:
    """What was found, a line each; the first broken row first."""
    for fault in verdict.faults:
        words = str(fault)
        yield f"BROKEN: {words[0].upper()}{words[1:]}"
    said = "verify" if verdict.is_whole else "verify before that"
    yield f"{verdict.entries:,} entries {said}."
    if verdict.unkeyed:
        yield f"The first {verdict.unkeyed:,} of them are from before the trail had a key."
    for file in outside:
        if not file.exists():
            yield f"There is no file of anchors {file}: an older copy of the database would not be noticed."


def anchor_line(database: Database, now: datetime) -> str:
    """The anchor of this moment, as a line of the file has it."""
    with database.reading() as session:
        return str(present_anchor(session, now))

"""What the command line says of the audit trail: whether it verifies, and where it stands.

It writes nothing.
"""

import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click

from exchange.audit import Verdict, verify
from exchange.audit.anchors import present_anchor
from exchange.clock import utc_now
from exchange.commands.opened_database import opened
from exchange.commands.printed import DAY, FILE, say
from exchange.db import Database
from exchange.settings import load_settings


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


@click.group("audit")
def audit_trail() -> None:
    """Verify the audit trail, or print an anchor to keep elsewhere."""


@audit_trail.command("verify")
@click.option("--since", type=DAY, help="Begin with that day (UTC), and trust what was signed as it began.")
@click.option("--anchors", type=FILE, multiple=True, help="A file of anchors; that of the settings.")
def verify_audit_trail(since: datetime | None, anchors: tuple[Path, ...]) -> None:
    """Read the whole trail: exit code 1, and the first broken entry, when it is not as it was written."""
    settings = load_settings()
    outside = list(anchors) or [settings.anchor_file]
    with opened(settings) as database:
        verdict = verify_trail(database, since=since.date() if since else None, outside=outside)
    say(*words_of(verdict, outside))
    sys.exit(0 if verdict.is_whole else 1)


@audit_trail.command("anchor")
def print_anchor() -> None:
    """Print the trail's length and hash, signed: a line to keep where nobody can change it."""
    settings = load_settings()
    with opened(settings) as database:
        say(anchor_line(database, utc_now()))

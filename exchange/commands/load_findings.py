"""Findings out of a file from the command line: those that are not here yet."""

from datetime import datetime
from pathlib import Path

import click
from sqlmodel import Session

from exchange.clock import utc_now
from exchange.commands.opened_database import opened
from exchange.commands.printed import say
from exchange.follow_up.progress import Decider
from exchange.lessons.seeds import load_findings, read_findings
from exchange.settings import CONFIG, load_settings, read_toml


def findings_line(session: Session, path: Path, now: datetime) -> str:
    """Write what is new in the file, and say how much that was."""
    seeds = read_findings(read_toml(path))
    count = load_findings(session, seeds, by=Decider(None, now))
    return f"{path}: {len(seeds)} findings, {count} of them new."


@click.command()
@click.argument("file", default=CONFIG / "findings.toml", type=click.Path(path_type=Path))
def load_seeds(file: Path) -> None:
    """Write the findings of FILE that are not here yet (config/findings.toml); safe to repeat."""
    with opened(load_settings()) as database, database.transaction() as session:
        say(findings_line(session, file, utc_now()))

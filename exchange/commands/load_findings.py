"""The findings of config/findings.toml from the command line: those that are not here yet."""

from datetime import datetime

import click
from sqlmodel import Session

from exchange.clock import utc_now
from exchange.commands.opened_database import opened
from exchange.commands.printed import say
from exchange.lessons.actions import Decider
from exchange.lessons.seeds import load_findings, read_findings
from exchange.settings import Settings, load_settings, read_toml


def findings_line(session: Session, settings: Settings, now: datetime) -> str:
    """Write what is new in the file, and say how much that was."""
    seeds = read_findings(read_toml(settings.findings_file))
    count = load_findings(session, seeds, by=Decider(None, now))
    return f"{settings.findings_file}: {len(seeds)} findings, {count} of them new."


@click.command()
def load_seeds() -> None:
    """Write the findings of config/findings.toml that are not here yet; safe to repeat."""
    settings = load_settings()
    with opened(settings) as database, database.transaction() as session:
        say(findings_line(session, settings, utc_now()))

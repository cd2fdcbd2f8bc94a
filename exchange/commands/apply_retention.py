"""Retention from the command line: what is due, or doing it now instead of at the next day's tick."""

from datetime import datetime

import click

from exchange.clock import utc_now
from exchange.commands.opened_database import opened
from exchange.commands.printed import say
from exchange.db import Database
from exchange.personal_data.retention import apply, due
from exchange.personal_data.retention_rules import read_retention
from exchange.settings import Settings, load_settings


def retention_lines(database: Database, settings: Settings, now: datetime, *, is_dry: bool) -> list[str]:
    """One sentence a rule: what would go (``is_dry``), or what went."""
    rules = read_retention(settings.retention_file)
    if not is_dry:
        return ["Gone:", *apply(database.transaction, rules, now).lines(rules)]
    with database.reading() as session:
        return ["Would go now:", *due(session, rules, now).lines(rules)]


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
def retention(dry_run: bool) -> None:
    """Let go what config/retention.toml keeps no longer; a clock does it once a day, too."""
    settings = load_settings()
    with opened(settings) as database:
        say(*retention_lines(database, settings, utc_now(), is_dry=dry_run))

"""Retention from the command line: what is due, or doing it now instead of at the next day's tick."""

from datetime import datetime

from exchange.db import Database
from exchange.personal_data.retention import apply, due
from exchange.personal_data.retention_rules import read_retention
from exchange.settings import Settings


def retention_lines(database: Database, settings: Settings, now: datetime, *, is_dry: bool) -> list[str]:
    """One sentence a rule: what would go (``is_dry``), or what went."""
    rules = read_retention(settings.retention_file)
    if not is_dry:
        return ["Gone:", *apply(database.transaction, rules, now).lines(rules)]
    with database.reading() as session:
        return ["Would go now:", *due(session, rules, now).lines(rules)]

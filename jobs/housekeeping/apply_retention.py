"""Tick: let go what personal data need not be kept any longer, by config/retention.toml, once a day."""

import structlog

from exchange.personal_data.retention import apply
from exchange.personal_data.retention_rules import read_retention
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def apply_retention(context: Context) -> str:
    """Do what `exchange retention --dry-run` tells of."""
    rules = read_retention(context.settings.retention_file)
    counts = apply(context.database.transaction, rules, context.now())
    if any(counts.gone.values()):
        log.info("retention applied", **counts.gone)
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.gone.items())
    return f"{told} gone; {counts.contacts_to_review} contacts to review"

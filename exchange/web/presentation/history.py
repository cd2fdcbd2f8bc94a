"""Entries of the audit trail as a page tells them. It reads; audit.py writes.

Which words a deed has, and which facts of it are worth telling, each room says for itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from exchange.models import AuditEntry


@dataclass(frozen=True)
class Fact:
    """One thing that changed: what it is, what it was and what it became; "" for nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One entry of the trail: who did what, when, why, and what changed by it."""

    at: datetime
    actor: str
    deed: str
    reason: str
    facts: list[Fact]


def tell(
    entries: Iterable[AuditEntry],
    *,
    deeds: Mapping[str, object],
    facts: Callable[[AuditEntry], list[Fact]],
) -> list[Told]:
    """The entries in their order; an opened draft lists no facts, for the page shows them.

    ``deeds`` has the words of each action (texts to be translated when shown).
    """
    return [
        Told(
            entry.at,
            entry.actor if entry.actor_id else _("The system"),
            str(deeds.get(entry.action, entry.action)),
            entry.reason,
            facts(entry) if entry.before is not None else [],
        )
        for entry in entries
    ]

"""The audit trail of an event in words. It reads entries; audit.py writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exchange.models import AuditEntry

_DEEDS = {
    "open training": _l("opened the draft"),
    "edit training": _l("edited"),
    "publish training": _l("published"),
    "cancel training": _l("cancelled"),
    "postpone training": _l("postponed"),
    "resume training": _l("gave it a new date"),
    "set training state": _l("said how far it has come"),
}
_NAMES = {
    "on_local": _l("date"),
    "starts_local": _l("start"),
    "time_zone": _l("time zone"),
    "minutes": _l("minutes"),
    "host_city_id": _l("host city"),
    "theme_id": _l("theme"),
    "join_link": _l("link for joining"),
    "is_chatham_house": _l("Chatham House Rule"),
}


@dataclass(frozen=True)
class Fact:
    """One thing that changed; "" for nothing."""

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


def told(entries: Iterable[AuditEntry]) -> list[Told]:
    """The entries in their order; an opened draft lists no facts, for the page shows them."""
    return [
        Told(
            entry.at,
            entry.actor if entry.actor_id else _("The system"),
            str(_DEEDS.get(entry.action, entry.action)),
            entry.reason,
            _facts(entry) if entry.before is not None else [],
        )
        for entry in entries
    ]


def _facts(entry: AuditEntry) -> list[Fact]:
    before, after = entry.before or {}, entry.after or {}
    names = [name for name in after if name in before]
    return [Fact(str(_NAMES.get(n, n)), _text(before[n]), _text(after[n])) for n in names]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)

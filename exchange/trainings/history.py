"""The audit trail of an event in words. It reads entries; audit.py writes them."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exchange.models import AuditEntry
from exchange.web.trail import Fact, Told, tell

_DEEDS = {
    "open training": _l("opened the draft"),
    "edit training": _l("edited"),
    "publish training": _l("published"),
    "cancel training": _l("cancelled"),
    "postpone training": _l("postponed"),
    "resume training": _l("gave it a new date"),
    "set training state": _l("said how far it has come"),
    "save without telling": _l("told nobody of it"),
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


def told(entries: Iterable[AuditEntry]) -> list[Told]:
    """The entries in their order, in words."""
    return tell(entries, deeds=_DEEDS, facts=_facts)


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

"""The audit trail of an event in words. It reads entries; audit.py writes them."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l

from exchange.models import AuditEntry
from exchange.web.presentation.history import Told, facts_of, tell

_ACTIONS = {
    "open training": _l("opened the draft"),
    "edit training": _l("edited"),
    "change marking": _l("changed the marking"),
    "publish training": _l("published"),
    "cancel training": _l("cancelled"),
    "postpone training": _l("postponed"),
    "set blocks aside": _l("set blocks aside"),
    "resume training": _l("resumed"),
    "set training state": _l("said how far it has come"),
    "choose preparation": _l("chose how it is prepared"),
    "change planning team": _l("changed who plans it"),
    "change objectives": _l("changed the objectives"),
    "mark milestone done": _l("marked a milestone as done"),
    "move milestone": _l("moved a milestone"),
    "waive milestone": _l("waived a milestone"),
    "reopen milestone": _l("opened a milestone again"),
    "give milestone": _l("said who owes a milestone"),
    "set hour of meeting": _l("set the hour of a planning meeting"),
    "change what to read": _l("changed what there is to read and whom to turn to"),
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


def told(entries: Iterable[AuditEntry], people: Mapping[int, str]) -> list[Told]:
    """The entries in their order, in words, with the names that exchange.audit.people_named gives."""
    return tell(entries, actions=_ACTIONS, facts=lambda entry: facts_of(entry, _NAMES), people=people)

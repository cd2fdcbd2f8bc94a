"""The audit trail of a cycle in words. It reads entries; audit.py writes them."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exchange.models import AuditEntry
from exchange.web.trail import Fact, Told, tell

_DEEDS = {
    "open cycle": _l("opened the draft"),
    "edit cycle": _l("edited"),
    "publish cycle": _l("published"),
    "set blocks aside": _l("set blocks aside"),
    "cancel cycle": _l("cancelled"),
    "postpone cycle": _l("postponed"),
    "resume cycle": _l("resumed"),
    "move start": _l("moved the start"),
    "move stage": _l("moved a stage"),
    "move sitting": _l("moved a sitting"),
    "mark stage done": _l("marked a stage done"),
    "reopen stage": _l("opened a stage again"),
    "save draft of answer": _l("saved a draft of an answer"),
    "submit answer": _l("handed in an answer"),
    "add file": _l("added a file to an answer"),
    "remove file": _l("took a file from an answer"),
    "pass answer to deputy": _l("passed an answer to a deputy"),
    "mark group done": _l("marked a group as done"),
    "reopen group": _l("opened a group again"),
    "extend answers": _l("gave more days for answers"),
    "change questions": _l("changed the questions"),
    "save product": _l("saved a version of the product"),
    "open review": _l("opened the review of the product"),
    "comment on product": _l("commented on the product"),
    "agree to product": _l("agreed to the product"),
    "resolved comment": _l("resolved a comment"),
    "rejected comment": _l("rejected a comment"),
    "note silence": _l("noted a reviewer’s silence"),
    "publish product": _l("published the product"),
    "withdraw product": _l("withdrew the product"),
    "save without telling": _l("told nobody of it"),
}


def told(entries: Iterable[AuditEntry]) -> list[Told]:
    """The entries in their order, in words."""
    return tell(entries, deeds=_DEEDS, facts=_facts)


def _facts(entry: AuditEntry) -> list[Fact]:
    before, after = entry.before or {}, entry.after or {}
    names = sorted(before.keys() | after.keys())
    return [Fact(name, _text(before.get(name)), _text(after.get(name))) for name in names]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or _("none")
    return str(value).replace("/", " – ") if _is_span(value) else str(value)


def _is_span(value: object) -> bool:
    """Two ISO dates with a stroke between, as saving.py writes a stage."""
    return isinstance(value, str) and len(value) == 21 and value[10] == "/"

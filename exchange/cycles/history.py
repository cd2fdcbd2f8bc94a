"""The audit trail of a cycle in words. It reads entries; audit.py writes them."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l

from exchange.models import AuditEntry
from exchange.web.presentation.history import Told, facts_of, tell

_ACTIONS = {
    "open cycle": _l("opened the draft"),
    "edit cycle": _l("edited"),
    "change marking": _l("changed the marking"),
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
    "edit product": _l("changed themes or people of the product"),
    "edit recommendations": _l("changed the recommendations of the product"),
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


_OF_PRODUCT = frozenset(
    {"save product", "open review", "comment on product", "agree to product", "resolved comment"}
    | {
        "edit product",
        "edit recommendations",
        "rejected comment",
        "note silence",
        "publish product",
        "withdraw product",
    }
)


def without_product(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """The entries without those about the product, for somebody who may not know of that."""
    return [entry for entry in entries if entry.action not in _OF_PRODUCT]


def told(entries: Iterable[AuditEntry], people: Mapping[int, str]) -> list[Told]:
    """The entries in their order, in words, with the names that exchange.audit.people_named gives."""
    return tell(entries, actions=_ACTIONS, facts=facts_of, people=people)

"""The audit trail of findings and actions in words. It reads entries; exchange.audit writes them."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlmodel import Session, col, select

from exchange.follow_up.progress import SAY_PROGRESS
from exchange.lessons.actions import subject_of
from exchange.models import AuditEntry, City, ImprovementAction, Lesson
from exchange.web.presentation.history import Told, facts_of, tell

_ACTIONS = {
    "write finding": _l("wrote it"),
    "edit finding": _l("changed it"),
    "decide on lesson": _l("decided on it"),
    "change marking": _l("changed the marking"),
    SAY_PROGRESS: _l("said how far a city is"),
    "add action": _l("gave it to its owner"),
    "edit action": _l("changed it"),
    "tell of action": _l("told how it stands"),
    "verify action": _l("verified it"),
    "reopen action": _l("opened it again"),
}
_NAMES = {
    "owner_id": _l("owner"),
    "owner_city_id": _l("city that owns it"),
    "starts_on": _l("start"),
    "due_on": _l("due"),
    "theme_id": _l("theme"),
    "cycle_id": _l("exchange"),
    "training_id": _l("training event"),
    "product_id": _l("product"),
    "source_number": _l("number in the document"),
    "source_link": _l("link to the document"),
    "review_on": _l("look again on"),
}


def entries_about(session: Session, row: Lesson | ImprovementAction) -> Sequence[AuditEntry]:
    """What was done to it, newest first."""
    return session.exec(
        select(AuditEntry).where(AuditEntry.subject == subject_of(row)).order_by(col(AuditEntry.id).desc())
    ).all()


def entries_of_city(session: Session, lesson: Lesson, city: City) -> list[AuditEntry]:
    """What one city said of a finding, newest first."""
    return [
        entry
        for entry in entries_about(session, lesson)
        if entry.action == SAY_PROGRESS and (entry.after or {}).get("city") == city.name
    ]


def told(entries: Iterable[AuditEntry], people: Mapping[int, str]) -> list[Told]:
    """The entries in their order, in words, with the names that exchange.audit.people_named gives."""
    return tell(entries, actions=_ACTIONS, facts=lambda entry: facts_of(entry, _NAMES), people=people)

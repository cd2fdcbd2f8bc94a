"""An entry as one reader sees it: in plain words, and without the texts that its marking closes to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from exchange.audit import is_digest, people_named
from exchange.audit.markings import CHANGE_MARKING
from exchange.models import AuditEntry
from exchange.rules.access.things import Thing
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.trail.queries import keys_in, keys_of, things_named, things_of
from exchange.trail.words import action_words, hidden_words, subject_words
from exchange.web.access.permissions import Permission
from exchange.web.access.request_context import Viewer
from exchange.web.access.trail_readers import may_read_texts
from exchange.web.presentation.history import Fact, facts_of, with_names

_FOR_WHO_TAKES_PART = {marking.value for marking in Marking if rank(marking) < rank(Marking.AMBER_STRICT)}
_OF_ANSWERS = (
    *("submit answer", "save product", "publish product", "withdraw product"),
    *("edit product", "edit recommendations"),
)
_OF_PLANNERS = "plan:"  # a plan holds titles of what may never be
_FILES = ("file", "files")  # once held the names of files, which may tell what an answer says


@dataclass(frozen=True)
class Shown:
    """One entry in words. ``is_hidden``: reason and facts are left out, for this reader may not know them."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    facts: Sequence[Fact]
    is_hidden: bool

    def text(self) -> str:
        """The facts in one line, for a table."""
        if self.is_hidden:
            return hidden_words()
        return "; ".join(_sentence(fact) for fact in self.facts)


def shown(session: Session, told: Sequence[AuditEntry], reader: Viewer) -> list[Shown]:
    """The entries in their order, as the reader may see them."""
    things = things_of(session, told)
    names = people_named(session, told)
    return [
        _one(entry, names, _subject(entry, things, reader), is_hidden=not _may_read(entry, things, reader))
        for entry in told
    ]


def _subject(entry: AuditEntry, things: Mapping[str, Thing | None], reader: Viewer) -> str:
    """What the entry is about, in words; at TLP:RED not which, for who is not named on it."""
    if any(_is_kept_back(things[key], reader) for key in keys_of(entry)):
        return subject_words(entry.subject.partition(":")[0])
    return subject_words(entry.subject)


def is_kept_back(session: Session, subject: str, reader: Viewer) -> bool:
    """Whether ``subject`` is at TLP:RED and not for the reader: then a filter finds nothing about it."""
    things = things_named(session, keys_in(subject))
    return any(_is_kept_back(thing, reader) for thing in things.values())


def _is_kept_back(thing: Thing | None, reader: Viewer) -> bool:
    return thing is not None and thing.marking == Marking.RED and not may_read_texts(reader, [thing])


def _may_read(entry: AuditEntry, things: Mapping[str, Thing | None], reader: Viewer) -> bool:
    if entry.subject.startswith(_OF_PLANNERS) and not reader.may(Permission.PLAN_PROGRAMME):
        return False
    if _is_of_answer(entry) and not _own_markings(entry) <= _FOR_WHO_TAKES_PART:
        return False  # its readers were named by those who wrote it, and may be others than the cycle's
    return may_read_texts(reader, [things[key] for key in keys_of(entry)])


def _is_of_answer(entry: AuditEntry) -> bool:
    """Whether it tells of an answer or a product, and so by their own markings."""
    is_of_container = entry.subject.startswith(("cycle:", "training:", "finding:", "action:"))
    is_of_product = entry.subject.startswith("product:")
    return (
        is_of_product
        or entry.action in _OF_ANSWERS
        or (entry.action == CHANGE_MARKING and not is_of_container)
    )


def _own_markings(entry: AuditEntry) -> set[str]:
    """Those an entry tells of: an answer or a product may be held more closely than its cycle.

    RED for an entry that tells of none, as those that withdrew a product once did.
    """
    values = [(one or {}).get("marking") for one in (entry.before, entry.after)]
    return {str(value) for value in values if value} or {Marking.RED.value}


def _one(entry: AuditEntry, names: Mapping[int, str], subject: str, *, is_hidden: bool) -> Shown:
    return Shown(
        id=entry.id or 0,
        at=entry.at,
        actor=names.get(entry.actor_id, entry.actor) if entry.actor_id else _("The system"),
        action=action_words(entry.action),
        subject=subject,
        reason="" if is_hidden else entry.reason,
        facts=[] if is_hidden else [_without_file_names(fact) for fact in with_names(facts_of(entry), names)],
        is_hidden=is_hidden,
    )


def _without_file_names(fact: Fact) -> Fact:
    if fact.name not in _FILES:
        return fact
    return Fact(fact.name, _digests(fact.before), _digests(fact.after))


def _digests(text: str) -> str:
    parts = text.split(", ") if text else []
    return ", ".join(part if is_digest(part) else "…" for part in parts)


def _sentence(fact: Fact) -> str:
    return f"{fact.name}: {fact.before} → {fact.after}" if fact.before else f"{fact.name}: {fact.after}"

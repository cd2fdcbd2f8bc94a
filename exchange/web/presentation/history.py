"""Entries of the audit trail as a page tells them. It reads; audit.py writes.

Which words an action has, and which facts of it a page shows, each package says for itself.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from exchange.audit import is_digest, person_id_of
from exchange.models import AuditEntry

# Texts that people wrote. The trail keeps digests of them; entries of before hold the texts, which may name
# somebody erased since.
_WRITTEN = re.compile(r"brief|agenda(: .*)?|description|note|objective \d+")


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
    action: str
    reason: str
    facts: list[Fact]


def tell(
    entries: Iterable[AuditEntry],
    *,
    actions: Mapping[str, object],
    facts: Callable[[AuditEntry], list[Fact]],
    people: Mapping[int, str],
) -> list[Told]:
    """The entries in their order; an opened draft lists no facts, for the page shows them.

    ``actions`` has the words of each action (texts to be translated when shown); ``people`` are the names
    that exchange.audit.people_named gives.
    """
    return [
        Told(
            entry.at,
            people.get(entry.actor_id, entry.actor) if entry.actor_id else _("The system"),
            str(actions.get(entry.action, entry.action)),
            entry.reason,
            [_in_words(one) for one in with_names(facts(entry), people)] if entry.before is not None else [],
        )
        for entry in entries
    ]


def with_names(facts: Iterable[Fact], people: Mapping[int, str]) -> list[Fact]:
    """The facts with the names of ``people`` (by id) where they list people by number."""
    return [Fact(one.name, _named(one.before, people), _named(one.after, people)) for one in facts]


def _in_words(fact: Fact) -> Fact:
    """That a text changed, in place of its digests, which say nothing to readers."""
    if not is_digest(fact.before) and not is_digest(fact.after):
        return fact
    if not fact.before:
        return Fact(fact.name, "", str(_("written")))
    return Fact(fact.name, "", str(_("changed") if fact.after else _("taken away")))


def _named(text: str, people: Mapping[int, str]) -> str:
    """The text with names where it lists people as the trail does."""
    if "person:" not in text:
        return text
    return ", ".join(people.get(person_id_of(one) or 0, one) for one in text.split(", "))


def facts_of(entry: AuditEntry, names: Mapping[str, object] | None = None) -> list[Fact]:
    """Everything that an entry says was changed, by name; ``names`` has words for the keys that are none.

    A text that an entry of before holds is left out: "…".
    """
    before, after = entry.before or {}, entry.after or {}
    words = names or {}
    return [
        Fact(str(words.get(key, key)), _kept(key, before.get(key)), _kept(key, after.get(key)))
        for key in sorted(before.keys() | after.keys())
    ]


def _kept(key: str, value: object) -> str:
    text = _text(value)
    return "…" if text and _WRITTEN.fullmatch(key) and not is_digest(text) else text


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or str(_("none"))
    return str(value).replace("/", " – ") if _is_span(value) else str(value)


def _is_span(value: object) -> bool:
    """Two ISO dates with a stroke between, as the trail keeps the days of a stage."""
    return isinstance(value, str) and len(value) == 21 and value[10] == "/"

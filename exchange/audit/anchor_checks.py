"""Anchors held against the trail while it is read: each once, in the order of their entries.

It keeps one anchor of each source in memory, however many there are.
"""

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlmodel import Session

from exchange.audit.anchors import Anchor, BadAnchor, anchors_in, last_anchor
from exchange.audit.keys import KeyRing, keys_of
from exchange.audit.row_checks import Fault, Walk
from exchange.models import AuditEntry

Named = tuple[str, Anchor | None]


class AnchorChecks:
    """Compares the anchors of several sources with the entries as they pass.

    A fault of each kind is kept once. Anchors older than ``begins_at``, where the reading begins, are
    passed over.
    """

    def __init__(self, keys: KeyRing, sources: Iterable[Iterator[Named]], begins_at: Walk) -> None:
        self._keys, self._begins_at = keys, begins_at
        self._faults: dict[str, Fault] = {}
        self._longest: tuple[str, Anchor] | None = None
        self._coming = heapq.merge(*map(self._sound, sources), key=lambda named: named[1].last_id)
        self._next = next(self._coming, None)

    def entry_passed(self, walk: Walk) -> None:
        """Compare what was anchored at this entry, or at one before it that is not there."""
        while self._next is not None and self._next[1].last_id <= walk.last_id:
            name, anchor = self._next
            if anchor.last_id > self._begins_at.last_id and _differs(anchor, walk):
                words = f"{name} has another entry {anchor.last_id}: the trail was written anew since"
                self._add("rewritten", words)
            self._next = next(self._coming, None)

    def faults(self, count: int) -> list[Fault]:
        """What was found, now that the trail has ended with ``count`` entries."""
        while self._next is not None:
            self._next = next(self._coming, None)
        if self._longest and self._longest[1].count > count:
            name, anchor = self._longest
            words = f"{name} counted {anchor.count} entries, and {count} are there: the rest is missing"
            self._add("shortened", words)
        return list(self._faults.values())

    def _sound(self, source: Iterator[Named]) -> Iterator[tuple[str, Anchor]]:
        before = 0
        for name, anchor in source:
            if anchor is None or not anchor.is_signed(self._keys):
                self._add("false anchor", f"{name} is not signed under a key of this installation")
                continue
            if anchor.last_id < before:
                words = f"{name} counts less than the one before it: an older copy was put back"
                self._add("put back", words)
                continue
            before = anchor.last_id
            if self._longest is None or anchor.count > self._longest[1].count:
                self._longest = (name, anchor)
            yield name, anchor

    def _add(self, kind: str, words: str) -> None:
        self._faults.setdefault(kind, Fault(kind, words))


def fault_since_last(session: Session, file: Path) -> Fault | None:
    """What the last line of a file of anchors shows to be wrong, at the price of one row; None for nothing.

    A trail that was written anew as if it were from before there were keys verifies by itself.
    """
    try:
        anchor = last_anchor(file)
    except BadAnchor:
        return Fault("false anchor", f"The last line of {file.name} is no anchor.")
    if anchor is None:
        return None
    if not anchor.is_signed(keys_of(session)):
        return Fault("false anchor", f"The last line of {file.name} is not signed under a key of here.")
    there = session.get(AuditEntry, anchor.last_id)
    if anchor.count and (there is None or there.hash != anchor.hash):
        words = f"The last line of {file.name} has another entry {anchor.last_id}: the trail was written anew"
        return Fault("rewritten", f"{words}, or an older copy was put back.")
    return None


def anchors_of_file(file: Path) -> Iterator[Named]:
    """The anchors of a file, by their lines."""
    for number, anchor in anchors_in(file):
        yield f"line {number} of {file.name}", anchor


def _differs(anchor: Anchor, walk: Walk) -> bool:
    return (anchor.count, anchor.last_id, anchor.hash) != (walk.count, walk.last_id, walk.hash)

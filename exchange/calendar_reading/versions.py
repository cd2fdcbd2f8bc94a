"""Which of several versions of an event counts: the higher SEQUENCE, then the later DTSTAMP (RFC 5546 2.1.5).

Events that differ in neither are events of their own, whatever their UID says: nothing is dropped on a guess.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from exchange.calendar_reading.events import Event
from exchange.calendar_reading.repetition import Series


@dataclass(frozen=True)
class Versions:
    """The events that count, in the order of the file, and those of which a later version stands there."""

    current: list[Event]
    superseded: list[Event]


def versions_of(events: Iterable[Event]) -> Versions:
    """Events without a UID break the rules, and are events of their own all the same."""
    newest: dict[tuple[str, str], tuple[int, str, str]] = {}
    kept = list(events)
    for event in kept:
        if event.uid:
            newest[_key(event)] = max(newest.get(_key(event), event.version), event.version)
    found = Versions([], [])
    for event in kept:
        is_current = not event.uid or event.version == newest[_key(event)]
        (found.current if is_current else found.superseded).append(event)
    return found


def series_of(events: Iterable[Event]) -> list[Series]:
    """Current events, each with those that were put for single times of it.

    Where several events have one UID, which breaks the rules, it cannot be told for which of them these were
    put: they count for each.
    """
    mains: dict[str, list[Event]] = {}
    changed: dict[str, list[Event]] = {}
    for number, event in enumerate(events):
        group = mains if event.replaces is None else changed
        group.setdefault(event.uid or f"no UID {number}", []).append(event)
    found = []
    for uid, events_of_uid in mains.items():
        of_uid = changed.pop(uid, ())
        found += [Series(one, of_uid) for one in events_of_uid]
    return found + [Series(None, alone) for alone in changed.values()]


def _key(event: Event) -> tuple[str, str]:
    """An event, or one time of a series, however that is written."""
    replaced = event.replaces
    if replaced is None:
        return event.uid, ""
    try:
        return event.uid, str(replaced.at(UTC) if replaced.clock else replaced.wall)
    except OverflowError:  # before the first year, on some clock
        return event.uid, str(replaced.wall)

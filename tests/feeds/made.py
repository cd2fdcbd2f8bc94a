"""Entries for tests of what is written: each with values that are right, keywords to say otherwise."""

from datetime import UTC, date, datetime, time

from exchange.feeds.content.entries import Entry, EntryKind, EntryStatus
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime

CHANGED_AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def made_entry(**fields: object) -> Entry:
    """A training event on 11 March 2027, 10:00 in Stockholm."""
    values: dict[str, object] = {
        "kind": EntryKind.TRAINING,
        "uid": "1@exchange",
        "sequence": 0,
        "changed_at": CHANGED_AT,
        "title": "Title",
        "marking": Marking.CLEAR,
        "status": EntryStatus.CONFIRMED,
        "starts": WallTime(date(2027, 3, 11), time(10), "Europe/Stockholm"),
        "minutes": 60,
    }
    return Entry(**(values | fields))

"""Whatever is done to the trail by somebody without the key is found, and named, on both databases."""

import pytest
from sqlalchemy import text

from exchange.audit import verify
from exchange.db import Database
from tests.audit import intruder
from tests.audit.intruder import KINDS, change_anything, intrusion, write_trail

SAID = {
    "change": "entry {0} was changed",
    "remove_first": "entry 2 is the next that is there: entry 1 is missing before it",
    "remove_middle": "entry {0} is the next that is there: entries {1} to {2} are missing before it",
    "remove_last": "entry {0} is the last that is there: entries {3} to {4} are missing after it",
    "remove_all": "All {5} entries are missing.",
    "reorder": "entry {0} stands where entry {3} belongs: the order was changed",
    "insert_entry": "entry {0} was put in before what is now entry {3}",
    "append_entry": "entry {0} stands after entry {5}, the last that was recorded",
    "rehash_everything": "entry 1 was changed, or written anew without the key",
    "rehash_under_another_key": "entry 1 is signed under key " + intruder.FOREIGN.signing,
    "rehash_without_keys": "entry 1 is not signed",
}
COLUMNS = {
    "at": intruder.START,
    "actor_id": None,
    "actor": "Person 99",
    "action": "open cycle",
    "subject": "cycle:99",
    "before": {"stage: Call": "2027-01-11/2027-01-17", "weight": 0.10000000000000002},
    "after": None,
    "reason": " ",
    "salt": "0" * 32,
    "text_digest": "0" * 64,
    "hash": "0" * 64,
    "previous_hash": "1" * 64,
}


def found_in(database: Database, kind: str, length: int) -> None:
    """Do it, see it named with its row, and undo it."""
    with intrusion(database) as session:
        row = KINDS[kind](session.connection(), length)
        verdict = verify(session)
        numbers = (row, (row or 0) - 2, (row or 0) - 1, (row or 0) + 1, length, length)
        assert str(verdict.faults[0]).startswith(SAID[kind].format(*numbers))
        assert verdict.first_id == row


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_tampering_is_found_and_named(database: Database, kind: str) -> None:
    write_trail(database, 12)
    with database.reading() as session:
        assert verify(session).is_whole
    found_in(database, kind, 12)
    with database.reading() as session:
        assert verify(session).entries == 12


@pytest.mark.slow
def test_each_kind_of_tampering_with_ten_thousand_entries_is_found(database: Database) -> None:
    write_trail(database, 10_000)
    with database.reading() as session:
        verdict = verify(session)
        assert (verdict.entries, verdict.is_whole) == (10_000, True)
    for kind in KINDS:
        found_in(database, kind, 10_000)


def test_change_of_any_column_is_found(database: Database) -> None:
    write_trail(database, 6)
    for column, value in COLUMNS.items():
        with intrusion(database) as session:
            changed = change_anything(column, value)(session.connection(), 6)
            assert verify(session).first_id == changed, column


@pytest.mark.parametrize(
    "what", ["count = count - 1", "last_id = 99", "hash = 'x'", "unkeyed_id = 99", "mac = ''", "key_id = ''"]
)
def test_change_of_the_head_is_found(database: Database, what: str) -> None:
    write_trail(database, 3)
    with intrusion(database) as session:
        session.connection().execute(text(f"UPDATE audit_head SET {what}"))
        assert "The head of the trail" in str(verify(session).faults[-1])


def test_missing_head_is_found(database: Database) -> None:
    write_trail(database, 3)
    with intrusion(database) as session:
        session.connection().execute(text("DELETE FROM audit_head"))
        assert [fault.kind for fault in verify(session).faults] == ["no head"]

"""Anchors outside the database: what shows that a whole older copy was put back, or all of it emptied."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from exchange.audit import fault_since_last, record, verify
from exchange.audit.anchors import Anchor, anchors_in, keep_anchor, present_anchor
from exchange.audit.canonical import GENESIS
from exchange.audit.recording import BrokenTrail, has_unsealed, seal_unkeyed
from exchange.db import Database
from exchange.errors import NotFound
from tests.audit.intruder import (
    START,
    intrusion,
    let_in,
    rehash_without_keys,
    remove_all,
    remove_last,
    write_trail,
)
from tests.audit_key import KEYS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var/anchors.log"


def anchored(database: Database, file: Path, minutes: int = 0) -> Anchor:
    with database.reading() as session:
        anchor = present_anchor(session, START + timedelta(minutes=minutes))
    keep_anchor(file, anchor)
    return anchor


def recorded(database: Database, action: str, days: int = 0) -> None:
    with database.transaction() as session:
        record(session, actor=None, action=action, subject="cycle:1", now=START + timedelta(days=days))


def kinds(database: Database, file: Path) -> list[str]:
    with database.reading() as session:
        return [fault.kind for fault in verify(session, outside=[file]).faults]


def test_anchors_are_added_when_something_is_new_and_agree_with_the_trail(
    database: Database, file: Path
) -> None:
    for number in range(3):
        recorded(database, f"action {number}")
        anchored(database, file, number)
        anchored(database, file, number)
    found = [anchor for _number, anchor in anchors_in(file)]
    assert [anchor.count for anchor in found if anchor] == [1, 2, 3]
    assert all(anchor and anchor.is_signed(KEYS) for anchor in found)
    assert file.stat().st_mode & 0o077 == 0
    assert kinds(database, file) == []


def test_older_copy_is_noticed_by_the_anchor_outside_alone(database: Database, file: Path) -> None:
    """The head was signed once, so the copy verifies by itself."""
    recorded(database, "one")
    with database.reading() as session:
        head = dict(session.connection().execute(text("SELECT * FROM audit_head")).mappings().one())
    recorded(database, "two")
    anchored(database, file)
    with intrusion(database) as session:
        session.connection().execute(text("DELETE FROM audit_entry WHERE id = 2"))
        sets = ", ".join(f"{name} = :{name}" for name in head)
        session.connection().execute(text(f"UPDATE audit_head SET {sets}"), head)
        assert verify(session).is_whole
        (fault,) = verify(session, outside=[file]).faults
        assert str(fault) == "line 1 of anchors.log counted 2 entries, and 1 are there: the rest is missing"


def test_trail_that_was_emptied_with_its_head_is_noticed(database: Database, file: Path) -> None:
    write_trail(database, 3)
    anchored(database, file)
    with intrusion(database) as session:
        remove_all(session.connection(), 3)
        fresh = f"count = 0, last_id = 0, hash = '{GENESIS}', key_id = '', mac = ''"
        session.connection().execute(text(f"UPDATE audit_head SET {fresh}"))
        assert [fault.kind for fault in verify(session, outside=[file]).faults] == ["shortened"]


def test_trail_that_was_written_anew_is_noticed_by_its_anchors(database: Database, file: Path) -> None:
    write_trail(database, 3)
    anchored(database, file)
    with intrusion(database) as session:
        rehash_without_keys(session.connection(), 3)
        unkeyed = "unkeyed_id = 0, key_id = '', mac = ''"
        session.connection().execute(text(f"UPDATE audit_head SET {unkeyed}"))
        assert [fault.kind for fault in verify(session, outside=[file]).faults] == ["rewritten"]
        # By itself it looks like one from before there were keys, which the next change seals.
        assert verify(session).is_whole
        assert fault_kind(session, file) == "rewritten"
        record(session, actor=None, action="edit cycle", subject="cycle:1", now=START)
        assert verify(session).is_whole
        assert fault_kind(session, file) == "rewritten"


def test_last_anchor_agrees_with_a_trail_that_went_on(database: Database, file: Path) -> None:
    recorded(database, "one")
    anchored(database, file)
    recorded(database, "two")
    with database.reading() as session:
        assert fault_kind(session, file) == ""
        assert fault_kind(session, file.with_name("none")) == ""
        for line in ("no anchor", f"{str(anchored(database, file))[:-1]}x"):
            file.write_text(f"{line}\n")
            assert fault_kind(session, file) == "false anchor"


def test_last_anchor_shows_a_trail_that_was_cut_or_emptied(database: Database, file: Path) -> None:
    write_trail(database, 3)
    anchored(database, file)
    for tampered in (remove_last, remove_all):
        with intrusion(database) as session:
            tampered(session.connection(), 3)
            assert fault_kind(session, file) == "rewritten"


def fault_kind(session: Session, file: Path) -> str:
    found = fault_since_last(session, file)
    return found.kind if found else ""


def test_false_and_backward_lines_are_named(database: Database, file: Path) -> None:
    recorded(database, "one")
    first = anchored(database, file)
    recorded(database, "two")
    anchored(database, file, 1)
    with file.open("a") as lines:
        lines.write(f"{first}\nno anchor\n{str(first)[:-1]}0\n")
    assert kinds(database, file) == ["put back", "false anchor"]


def test_no_anchor_is_made_of_a_changed_head(database: Database, file: Path) -> None:

    write_trail(database, 3)
    with database.transaction() as session:
        let_in(session)
        remove_last(session.connection(), 3)
        session.connection().execute(text("UPDATE audit_head SET count = 1, last_id = 1"))
    with pytest.raises(BrokenTrail):
        anchored(database, file)


def test_verification_begins_where_a_day_was_anchored(database: Database) -> None:
    for day in range(4):
        for action in ("one", "two"):
            recorded(database, action, day)
    first_day = START.date()
    with database.reading() as session:
        counts = [verify(session, since=first_day + timedelta(days=day)).entries for day in range(6)]
        assert counts == [8, 6, 4, 2, 2, 2]
        with pytest.raises(NotFound):
            verify(session, since=first_day - timedelta(days=1))
    with intrusion(database) as session:
        session.connection().execute(text("UPDATE audit_entry SET reason = 'x' WHERE id IN (2, 6)"))
        assert verify(session).first_id == 2
        assert verify(session, since=first_day + timedelta(days=1)).first_id == 6
        assert verify(session, since=first_day + timedelta(days=3)).is_whole
        session.connection().execute(text("UPDATE audit_anchor SET count = 1, last_id = 1"))
        assert "false anchor" in {fault.kind for fault in verify(session, since=first_day).faults}


def test_sealing_waits_for_entries_without_a_key(database: Database) -> None:
    with database.transaction() as session:
        assert not has_unsealed(session)
        seal_unkeyed(session, START)
    with database.reading() as session:
        assert verify(session).entries == 0

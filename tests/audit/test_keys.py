"""Keys of the trail: from the settings or a file of one's own, old ones beside the new one."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from exchange.audit import record, verify
from exchange.audit.keys import CARRIED_AS, KeyRing, carried, key_ring
from exchange.audit.recording import BrokenTrail
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.settings import Settings
from tests.audit.intruder import START, let_in
from tests.audit_key import KEY, KEYS

NEW = "another-key-of-the-audit-trail-that-only-tests-have"


def opened(database: Database, keys: KeyRing) -> Database:
    """The same database with other keys."""
    return Database(database.url, carries={CARRIED_AS: keys})


def recorded(database: Database, action: str) -> None:
    with database.transaction() as session:
        record(session, actor=None, action=action, subject="cycle:1", now=START)


def ring_of(**values: object) -> KeyRing:
    ring = carried(Settings(**values))[CARRIED_AS]
    assert isinstance(ring, KeyRing)
    return ring


def test_key_file_is_made_once_and_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXCHANGE_AUDIT_KEY")
    first, again = ring_of(data_dir=tmp_path / "var"), ring_of(data_dir=tmp_path / "var")
    file = tmp_path / "var/audit.key"
    assert first == again
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["audit.key"]
    assert ring_of(data_dir=tmp_path / "other").signing != first.signing
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="open to others"):
        ring_of(data_dir=tmp_path / "var")


def test_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="too short"):
        ring_of(data_dir=tmp_path, audit_key=SecretStr(f"{NEW},short"))


def test_after_a_rotation_old_entries_verify_with_the_old_key(database: Database) -> None:
    recorded(database, "old")
    rotated = opened(database, key_ring([NEW, KEY]))
    recorded(rotated, "new")
    with rotated.reading() as session:
        assert verify(session).is_whole
    only_new = opened(database, key_ring([NEW]))
    with only_new.reading() as session:
        assert str(verify(session).faults[0]).startswith(f"entry 1 is signed under key {KEYS.signing}")
    rotated.dispose()
    only_new.dispose()


def test_process_with_another_key_writes_nothing(database: Database) -> None:
    recorded(database, "one")
    other = opened(database, key_ring([NEW]))
    with pytest.raises(BrokenTrail, match="EXCHANGE_AUDIT_KEY"):
        recorded(other, "two")
    other.dispose()


def test_nothing_is_put_on_top_of_a_changed_head(database: Database) -> None:
    recorded(database, "one")
    with database.transaction() as session:
        let_in(session)
        session.connection().execute(text("UPDATE audit_head SET count = 0, last_id = 0"))
    with pytest.raises(BrokenTrail, match="audit verify"):
        recorded(database, "two")

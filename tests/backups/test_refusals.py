"""Backups that are damaged, changed or of elsewhere are refused in words, before anything is changed."""

import json
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
from pydantic import SecretStr

from exchange.backups.manifest import BadBackup, kept_file, read_manifest
from exchange.tokens import new_token
from tests.audit_key import KEYS
from tests.backups.houses import (
    NOW,
    Build,
    House,
    change_manifest,
    tamper_with_manifest,
)

ON_SQLITE = pytest.mark.parametrize("build", ["sqlite"], indirect=True)


def is_sqlite(house: House) -> bool:
    return house.settings.database_url.startswith("sqlite")


@pytest.fixture
def made(house: House, kept: Path) -> Path:
    """A backup."""
    return house.back_up(kept).folder


def refusal(house: House, folder: Path, **agreed: bool) -> str:
    """Why a backup is not put back; nothing has changed then."""
    before = house.people(), house.uploads()
    with pytest.raises(BadBackup) as refused:
        house.restore(folder, is_confirmed=True, **agreed)
    assert (house.people(), house.uploads()) == before
    return str(refused.value)


def test_folder_that_is_no_backup(house: House, made: Path, tmp_path: Path) -> None:
    assert refusal(house, tmp_path / "nowhere") == f"There is no folder {tmp_path / 'nowhere'}."
    assert "is a file: a backup is a folder" in refusal(house, made / "manifest.json")
    assert f"The newest is {made}" in refusal(house, made.parent)
    (tmp_path / "empty").mkdir()
    assert "is no backup: its manifest.json cannot be read" in refusal(house, tmp_path / "empty")
    half = made.rename(made.with_name(f".unfinished-{made.name}"))
    assert "was never finished" in refusal(house, half)


def test_manifest_that_is_damaged_or_newer(house: House, made: Path) -> None:
    whole = (made / "manifest.json").read_text()
    (made / "manifest.json").write_text(whole[:200])
    assert "manifest.json of" in refusal(house, made)
    (made / "manifest.json").write_text(whole)
    change_manifest(made, format=2)
    assert "was made by a newer version" in refusal(house, made)
    (made / "manifest.json").write_text(whole)
    change_manifest(made, uploads=[{"name": "../../secret_key", "size_bytes": 1, "sha256": "0"}])
    assert "is damaged" in refusal(house, made)


@pytest.mark.parametrize(
    "changed",
    [
        {"made_at": "2027-10-18T09:00:00+00:00"},
        {"schema": "0001"},
        {"secret_name": "000000000000"},
        {"uploads": []},
        {"absent_uploads": ["a file"]},
        {"key_id": "000000000000"},
        {"mac": "0" * 64},
        {"mac": None},
        {"further": "field"},
    ],
    ids=str,
)
def test_no_field_of_a_manifest_is_taken_that_the_key_did_not_sign(
    house: House, made: Path, changed: dict[str, object]
) -> None:
    tamper_with_manifest(made, **changed)
    said = refusal(house, made)
    assert "is not as it was signed" in said or "signed under key 000000000000 " in said


def test_manifest_without_a_signature(house: House, made: Path) -> None:
    facts = json.loads((made / "manifest.json").read_text())
    del facts["mac"]
    (made / "manifest.json").write_text(json.dumps(facts))
    assert "is damaged" in refusal(house, made)


@ON_SQLITE
def test_coordinator_added_to_the_copied_database_is_never_put_back(house: House, made: Path) -> None:
    """Who can write where backups lie can make every digest right; the trail tells of its own rows alone."""
    file = made / "exchange.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE person SET email = 'stranger@example.org' WHERE name = 'Cora Coordinator'")
    tamper_with_manifest(made, database=asdict(kept_file(file)))
    assert "is not as it was signed" in refusal(house, made)


def test_dump_that_somebody_else_wrote_is_never_run(
    house: House, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = made.glob("exchange.*")
    file.write_bytes(b"PGDMP of a stranger")
    tamper_with_manifest(made, database=asdict(kept_file(file)))
    monkeypatch.setattr(subprocess, "Popen", _refuse_any_program)
    assert "is not as it was signed" in refusal(house, made)


def _refuse_any_program(*arguments: object, **_: object) -> None:
    raise AssertionError(arguments)


@pytest.mark.parametrize("schema", ["0001", "9999"])
def test_backup_of_another_version(house: House, made: Path, schema: str) -> None:
    change_manifest(made, schema=schema)
    said = refusal(house, made)
    assert f"has schema {schema} (Exchange 0.1.0)" in said
    assert "Install the version that made it" in said


def test_backup_of_the_other_kind_of_database(house: House, made: Path) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}
    change_manifest(made, engine=other["sqlite" if is_sqlite(house) else "postgresql"])
    assert "goes back into the kind of database that it was made of" in refusal(house, made)


def test_upload_that_is_missing_or_damaged(house: House, made: Path) -> None:
    (file,) = (made / "uploads").iterdir()
    file.write_bytes(b"A plan of the sqUare.")
    assert f"uploads/{file.name} of the backup is damaged (1 of 2 files" in refusal(house, made)
    file.unlink()
    assert f"uploads/{file.name} of the backup is missing" in refusal(house, made)


def test_database_file_that_is_cut_off(house: House, made: Path) -> None:
    (file,) = made.glob("exchange.*")
    file.write_bytes(file.read_bytes()[:-100])
    assert "of the backup is damaged" in refusal(house, made)


def test_key_of_the_trail_that_is_not_here(house: House, made: Path) -> None:
    """The key of tests stands in the environment; a new place has none, and must not make one of its own."""
    house.settings = house.settings.model_copy(update={"audit_key": None})
    assert "The key is never in a backup: put it back first" in refusal(house, made)
    assert not (house.settings.data_dir / "audit.key").exists()
    house.settings = house.settings.model_copy(
        update={"audit_key": SecretStr("another-key-of-32-characters-or-so")}
    )
    assert "was signed under key" in refusal(house, made)


def test_another_secret_key_must_be_agreed_to(house: House, made: Path) -> None:
    house.settings = house.settings.model_copy(update={"secret_key": SecretStr(new_token())})
    assert "made under another secret key" in refusal(house, made)
    house.restore(made, is_confirmed=True, other_secret=True)


def test_manifest_whose_trail_was_changed(house: House, made: Path, build: Build) -> None:
    at, count, *rest = read_manifest(made, KEYS).anchor.split()
    change_manifest(made, anchor=" ".join([at, str(int(count) + 1), *rest]))
    assert "is not signed: it was changed" in refusal(house, made)
    change_manifest(made, anchor="nothing")
    assert "does not say how the audit trail stood" in refusal(house, made)
    other = build()
    other.fill()
    other.change("longer", NOW)
    foreign = read_manifest(other.back_up(made.parent.parent / "other").folder, KEYS)
    change_manifest(made, anchor=foreign.anchor)
    assert "does not end as its manifest says" in refusal(house, made)


@ON_SQLITE
def test_trail_that_was_changed_inside_the_backup(house: House, made: Path) -> None:
    file = made / "exchange.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("UPDATE audit_entry SET subject = 'nothing' WHERE id = 1")
    change_manifest(made, database=asdict(kept_file(file)))
    assert "does not verify (entry 1 was changed" in refusal(house, made)

"""Backups are put back: into an empty place, over a stopped house; each wrong step is refused in words."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.backups import database_swaps
from exchange.backups.manifest import BadBackup
from exchange.backups.restoring import Order, restore
from exchange.errors import Conflict
from exchange.models import (
    AuditEntry,
    FeedChange,
    LetterState,
    ProviderAccount,
    ProviderAttempt,
    PublishedFeed,
    WebSession,
)
from tests.backups.houses import (
    LATER,
    NOW,
    Build,
    House,
    queue_letter,
)

ON_POSTGRESQL = pytest.mark.parametrize("build", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("build", ["sqlite"], indirect=True)


def test_backup_goes_into_an_empty_place_elsewhere(house: House, build: Build, kept: Path) -> None:
    made = house.back_up(kept)
    elsewhere = build()
    said = elsewhere.restore(made.folder)
    assert elsewhere.people() == house.people()
    assert elsewhere.uploads() == house.uploads()
    assert elsewhere.faults() == []
    assert said[0].startswith("Restored: the state of 2027-10-18 08:00 UTC, 1 uploads, ")
    with elsewhere.at_work() as database, database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "restore backup")).one()
        assert entry.at == LATER
    elsewhere.change("go on", LATER)
    assert elsewhere.faults() == []


def test_house_is_replaced_only_when_somebody_says_so(house: House, kept: Path) -> None:
    made = house.back_up(kept)
    house.change("after the backup", LATER)
    before = house.faults(), house.people()
    with pytest.raises(
        Conflict, match=r"There is something here already \(6 people, last changed 2027-10-18"
    ):
        house.restore(made.folder)
    assert (house.faults(), house.people()) == before
    said = " ".join(house.restore(made.folder, is_confirmed=True))
    assert "keep that file, with a note why" in said
    assert house.faults() == []
    aside = list(house.settings.data_dir.glob("audit-anchors.log.until-*"))
    assert len(aside) == 1
    with house.at_work() as database, database.reading() as session:
        actions = set(session.exec(select(AuditEntry.action)))
    assert "after the backup" not in actions


def test_files_follow_the_state_that_names_them(house: House, kept: Path) -> None:
    made = house.back_up(kept)
    before = house.uploads()
    (name,) = before
    (house.settings.uploads / name).write_bytes(b"damaged since")
    (house.settings.uploads / "newer").write_bytes(b"of the state that goes")
    said = " ".join(house.restore(made.folder, is_confirmed=True))
    assert house.uploads() == before
    assert "Removed 1 files that this state does not name." in said


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_running_processes_is_never_restored_over(house: House, kept: Path, is_confirmed: bool) -> None:
    made = house.back_up(kept)
    with house.at_work() as database:
        with database.reading() as session:
            session.connection()
        with pytest.raises(
            Conflict, match=r"Exchange is running here: .*Stop all its web and clock processes"
        ):
            house.restore(made.folder, is_confirmed=is_confirmed)


@ON_SQLITE
def test_wal_of_another_database_is_removed_and_said(house: House, build: Build, kept: Path) -> None:
    """The documented way, putting the file in place by hand, mixed an old -wal into it and damaged it."""
    made = house.back_up(kept)
    elsewhere = build()
    place = elsewhere.settings.data_dir
    (place / "exchange.db").unlink()
    for suffix in ("-wal", "-shm"):
        (place / f"exchange.db{suffix}").write_bytes(b"of another database" * 100)
    said = " ".join(elsewhere.restore(made.folder))
    assert "Removed exchange.db-wal, exchange.db-shm: it belonged to another database" in said
    assert elsewhere.people() == house.people()
    assert elsewhere.faults() == []


@ON_SQLITE
def test_what_a_crash_left_in_the_wal_of_the_old_house_does_not_come_back(house: House, kept: Path) -> None:
    made = house.back_up(kept)
    place = house.settings.data_dir
    with house.at_work() as database:
        with database.transaction() as session:
            queue_letter(session, "lost", due_at=LATER)
        crashed = place.parent / "crashed"
        shutil.copytree(place, crashed)
    shutil.rmtree(place)
    crashed.rename(place)
    assert (place / "exchange.db-wal").stat().st_size
    house.restore(made.folder, is_confirmed=True)
    assert not (place / "exchange.db-wal").exists()
    assert "lost" not in {letter.once_key for letter in house.letters()}


@ON_SQLITE
def test_damaged_database_is_replaced_when_somebody_says_so(house: House, kept: Path) -> None:
    made, before = house.back_up(kept), house.people()
    (house.settings.data_dir / "exchange.db").write_bytes(b"\x00 no database at all" * 1000)
    with pytest.raises(Conflict, match="a database that cannot be read"):
        house.restore(made.folder)
    house.restore(made.folder, is_confirmed=True)
    assert house.people() == before


def test_restore_that_fails_in_its_last_step_leaves_the_house_as_it_was(house: House, kept: Path) -> None:
    made = house.back_up(kept)
    house.change("after the backup", LATER)

    def fail(*_: object) -> list[str]:
        raise BadBackup("The last step failed.")

    with pytest.raises(BadBackup, match="The last step failed"):
        restore(Order(made.folder, is_confirmed=True), house.settings, fail, LATER)
    assert house.faults() == []
    with house.at_work() as database, database.reading() as session:
        assert "after the backup" in set(session.exec(select(AuditEntry.action)))
    house.restore(made.folder, is_confirmed=True)
    assert house.faults() == []


@ON_POSTGRESQL
def test_second_restore_whose_load_fails_leaves_what_was_worked_on_since_the_first(
    house: House, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first was cut short, and somebody started the house on what it had loaded."""
    made = house.back_up(kept)
    with monkeypatch.context() as patched:
        patched.setattr(database_swaps, "_execute", _cut_short)
        with pytest.raises(KeyboardInterrupt):
            house.restore(made.folder, is_confirmed=True)
    house.change("after the first restore", LATER)
    with monkeypatch.context() as patched:
        patched.setattr(database_swaps, "_settling", lambda _now: "SELECT no_such_column FROM public.letter;")
        with pytest.raises(BadBackup, match="The database was not restored, and is as it was"):
            house.restore(made.folder, is_confirmed=True)
    with house.at_work() as database, database.reading() as session:
        assert "after the first restore" in set(session.exec(select(AuditEntry.action)))
    house.restore(made.folder, is_confirmed=True)
    assert house.faults() == []


def _cut_short(*_: object) -> None:
    """The process ends before it drops what stood there, or puts it back."""
    raise KeyboardInterrupt


@ON_POSTGRESQL
def test_nobody_is_signed_in_on_what_a_restore_that_was_cut_short_has_loaded(
    house: House, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.backups.feeds import know_an_account, sign_somebody_in

    sign_somebody_in(house)
    know_an_account(house)
    made = house.back_up(kept)
    monkeypatch.setattr(database_swaps, "_execute", _cut_short)
    with pytest.raises(KeyboardInterrupt):
        restore(Order(made.folder, is_confirmed=True), house.settings, _cut_short, LATER)
    with house.at_work() as database, database.reading() as session:
        assert [one.revoked_at for one in session.exec(select(WebSession))] == [LATER]
        assert session.exec(select(ProviderAccount)).first() is None


# ---------------------------------------------------------------- what time has passed over


def test_sessions_end_and_calendars_are_newer_than_what_readers_have(house: House, kept: Path) -> None:
    from tests.backups.feeds import publish_a_feed, sign_somebody_in

    sign_somebody_in(house)
    publish_a_feed(house, NOW)
    made = house.back_up(kept)
    house.restore(made.folder, is_confirmed=True)
    with house.at_work() as database, database.reading() as session:
        assert [one.revoked_at for one in session.exec(select(WebSession))] == [LATER]
        dates = {one.published_at for one in session.exec(select(PublishedFeed)) if one.published_at}
        assert dates == {LATER}
        assert session.exec(select(FeedChange)).first() is not None


def test_accounts_at_a_provider_are_forgotten_and_all_that_lives_again_is_named(
    house: House, kept: Path
) -> None:
    """One that was taken from its person after the backup would have signed in as that person again."""
    from tests.backups.feeds import know_an_account

    know_an_account(house)
    made = house.back_up(kept)
    said = " ".join(house.restore(made.folder, is_confirmed=True))
    with house.at_work() as database, database.reading() as session:
        assert session.exec(select(ProviderAccount)).all() == []
        assert session.exec(select(ProviderAttempt)).all() == []
    for named in (
        "erased or deactivated",
        "roles",
        "addresses of people",
        "second factors",
        "recovery codes",
    ):
        assert named in said
    assert "matched anew" in said


def test_letters_that_may_have_gone_are_held_and_those_to_come_are_not(house: House, kept: Path) -> None:
    with house.at_work() as database, database.transaction() as session:
        queue_letter(session, "due before the restore", due_at=NOW + timedelta(hours=1))
        on_its_way = queue_letter(session, "on its way", due_at=NOW)
        on_its_way.state, on_its_way.claimed_at, on_its_way.claimed_by = LetterState.SENDING, NOW, "a clock"
        queue_letter(session, "due after it", due_at=LATER + timedelta(days=1))
    made = house.back_up(kept)
    said = " ".join(house.restore(made.folder, is_confirmed=True))
    held = {letter.once_key: letter.held_at for letter in house.letters() if letter.kind == "receipt"}
    assert held == {"due before the restore": LATER, "on its way": LATER, "due after it": None}
    assert "2 receipt" in said
    assert "/letters/held" in said


def test_letters_that_ticks_would_write_from_the_old_state_are_held_with_the_others(
    house: House, kept: Path
) -> None:
    """A reminder went after the backup: nothing in the backup knows of it, and a tick wrote it again."""
    made = house.back_up(kept)
    house.restore(made.folder, is_confirmed=True, now=LATER)
    letters = house.letters()
    assert [letter.kind for letter in letters] != []
    assert {letter.held_at for letter in letters} == {LATER}

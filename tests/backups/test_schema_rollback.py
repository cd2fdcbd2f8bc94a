"""An upgrade taken back as docs/operations.md says: the newest migration down and up, with a house in it."""

from sqlmodel import select

from exchange.migrations import head_revision, migrate, schema_revision
from exchange.models import AuditEntry
from tests.backups.houses import LATER, House, queue_letter


def test_newest_migration_goes_down_and_up_again_and_people_find_what_they_left(house: House) -> None:
    with house.at_work() as database, database.transaction() as session:
        queue_letter(session, "waits", due_at=LATER)
    people, uploads = house.people(), house.uploads()
    url = house.settings.database_url
    migrate(url, f"{int(head_revision()) - 1:04}")
    with house.at_work() as database:
        assert schema_revision(database) == f"{int(head_revision()) - 1:04}"
    migrate(url)
    assert (house.people(), house.uploads()) == (people, uploads)
    assert [letter.once_key for letter in house.letters()] == ["waits"]
    assert house.faults() == []
    house.change("after the upgrade", LATER)
    with house.at_work() as database, database.reading() as session:
        assert "after the upgrade" in set(session.exec(select(AuditEntry.action)))
    assert house.faults() == []

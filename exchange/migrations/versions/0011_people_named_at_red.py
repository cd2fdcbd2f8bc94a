"""The people who may know of what is marked TLP:RED, named one by one."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLES = ("cycle", "training_event", "contribution", "contribution_version", "product_version")

# Whoever could open it until now is named: people of its cities, of its groups, and coordinators.
_COORDINATORS = "SELECT person_id FROM person_role WHERE role = 'coordinator'"
_SPEAKERS = (
    "SELECT p.id FROM person p JOIN person_role r ON r.person_id = p.id"
    " WHERE r.role IN ('city lead', 'city contact') AND p.city_id IN"
)
_SEATS = "SELECT person_id FROM group_member WHERE group_id IN"
_OF_CYCLE = (
    f"{_COORDINATORS} UNION {_SPEAKERS} (SELECT lead_city_id FROM cycle WHERE id = :id"
    " UNION SELECT city_id FROM cycle_city WHERE cycle_id = :id)"
    f" UNION {_SEATS} (SELECT group_id FROM cycle_group WHERE cycle_id = :id)"
)
_OF_TRAINING = (
    f"{_COORDINATORS} UNION {_SPEAKERS} (SELECT host_city_id FROM training_event WHERE id = :id"
    " UNION SELECT city_id FROM training_city WHERE training_id = :id)"
    f" UNION {_SEATS} (SELECT group_id FROM training_group WHERE training_id = :id)"
)


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("named_ids", sa.JSON(), nullable=False, server_default="[]"))
    _name("cycle", "SELECT id, id FROM cycle WHERE marking = 'TLP:RED'", _OF_CYCLE)
    _name("training_event", "SELECT id, id FROM training_event WHERE marking = 'TLP:RED'", _OF_TRAINING)
    _name(
        "product_version",
        "SELECT v.id, p.cycle_id FROM product_version v JOIN product p ON p.id = v.product_id"
        " WHERE v.marking = 'TLP:RED'",
        _OF_CYCLE,
    )
    _name_readers_of_answers()


def downgrade() -> None:
    for table in _TABLES:
        # Without a copy of the table, which SQLite could not put in the place of one that rows point at.
        with op.batch_alter_table(table, schema=None, recreate="never") as batch_op:
            batch_op.drop_column("named_ids")


def _name(table: str, rows: str, people: str) -> None:
    connection = op.get_bind()
    for row_id, of in connection.execute(sa.text(rows)).all():
        found = [one for (one,) in connection.execute(sa.text(people), {"id": of})]
        _save(table, row_id, found)


def _name_readers_of_answers() -> None:
    """An answer at TLP:RED reached the groups that its author named; now it reaches their members."""
    connection = op.get_bind()
    versions = "SELECT id, group_ids FROM contribution_version WHERE marking = 'TLP:RED'"
    for row_id, groups in connection.execute(sa.text(versions)).all():
        ids = json.loads(groups) if isinstance(groups, str) else groups
        _save("contribution_version", row_id, _members(ids))
    drafts = "SELECT id FROM contribution WHERE marking = 'TLP:RED'"
    for (row_id,) in connection.execute(sa.text(drafts)).all():
        named = sa.text("SELECT group_id FROM contribution_group WHERE contribution_id = :id")
        _save("contribution", row_id, _members([one for (one,) in connection.execute(named, {"id": row_id})]))


def _members(group_ids: list[int]) -> list[int]:
    seats = sa.text("SELECT DISTINCT person_id FROM group_member WHERE group_id = :id")
    return [one for group in group_ids for (one,) in op.get_bind().execute(seats, {"id": group})]


def _save(table: str, row_id: int, people: list[int]) -> None:
    statement = sa.text(f"UPDATE {table} SET named_ids = :named WHERE id = :id")
    statement = statement.bindparams(sa.bindparam("named", type_=sa.JSON()))
    op.get_bind().execute(statement, {"named": sorted(set(people)), "id": row_id})

"""The trail under keys: what is signed, the head's count, anchors of days, and triggers that refuse changes.

Entries that are there stay as they are, in SHA-256; the first entry under a key seals the last of them.
Going back drops what verifies the entries under keys, and keeps the entries.
A later migration that has SQLite copy one of the tables puts the triggers up again: the copy has none.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_REFUSED = "the audit trail is never changed"
_KEPT = ("audit_entry", "audit_anchor")
_IS_SENT = sa.text("sent_digest <> ''")


def upgrade() -> None:
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        for name in ("salt", "text_digest", "key_id"):
            batch_op.add_column(
                sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
            )
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
    with op.batch_alter_table("audit_head", schema=None) as batch_op:
        for name in ("count", "last_id", "unkeyed_id"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        for name in ("key_id", "mac"):
            batch_op.add_column(
                sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
            )
    op.execute(
        "UPDATE audit_head SET count = (SELECT count(*) FROM audit_entry),"
        " last_id = (SELECT coalesce(max(id), 0) FROM audit_entry)"
    )
    op.create_table(
        "audit_anchor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mac", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_anchor")),
    )
    op.create_table(
        "audit_once",
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hour_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("what", "hour_at", name=op.f("pk_audit_once")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sent_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.create_index(
            "ix_letter_sent_digest", ["id"], unique=False, sqlite_where=_IS_SENT, postgresql_where=_IS_SENT
        )
    _refuse_changes()


def downgrade() -> None:
    _allow_changes()
    with op.batch_alter_table("letter", schema=None, recreate="never") as batch_op:
        batch_op.drop_index("ix_letter_sent_digest")
        batch_op.drop_column("sent_digest")
    op.drop_table("audit_once")
    op.drop_table("audit_anchor")
    with op.batch_alter_table("audit_head", schema=None) as batch_op:
        for name in ("mac", "key_id", "unkeyed_id", "last_id", "count"):
            batch_op.drop_column(name)
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        for name in ("key_id", "text_digest", "salt"):
            batch_op.drop_column(name)


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _refuse_on_sqlite()
    else:
        _refuse_on_postgresql()


def _refuse_on_sqlite() -> None:
    for table in _KEPT:
        for verb in ("UPDATE", "DELETE"):
            _sqlite_trigger(table, verb, f"{verb} ON {table}")
    _sqlite_trigger("audit_head", "DELETE", "DELETE ON audit_head")
    _sqlite_trigger("audit_head", "UPDATE", "UPDATE ON audit_head WHEN new.last_id <= old.last_id")
    # INSERT OR REPLACE deletes what stands there without firing the triggers of DELETE.
    same = "id = new.id OR hash = new.hash OR previous_hash = new.previous_hash"
    there = f"EXISTS (SELECT 1 FROM audit_entry WHERE {same})"
    _sqlite_trigger("audit_entry", "REPLACE", f"INSERT ON audit_entry WHEN {there}")
    there = "EXISTS (SELECT 1 FROM audit_anchor WHERE day = new.day)"
    _sqlite_trigger("audit_anchor", "REPLACE", f"INSERT ON audit_anchor WHEN {there}")
    _sqlite_trigger("audit_head", "REPLACE", "INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head)")


def _sqlite_trigger(table: str, verb: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    )


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    for table in _KEPT:
        _postgresql_trigger(table, "no_change", "UPDATE OR DELETE", "FOR EACH ROW")
    _postgresql_trigger("audit_head", "no_delete", "DELETE", "FOR EACH ROW")
    backward = "FOR EACH ROW WHEN (new.last_id <= old.last_id)"
    _postgresql_trigger("audit_head", "no_update", "UPDATE", backward)
    for table in (*_KEPT, "audit_head"):
        _postgresql_trigger(table, "no_truncate", "TRUNCATE", "FOR EACH STATEMENT")


def _postgresql_trigger(table: str, name: str, verb: str, each: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} {each} EXECUTE FUNCTION audit_refuse()"
    )


def _allow_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in (*_KEPT, "audit_head"):
            for verb in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
    else:
        op.execute("DROP FUNCTION audit_refuse() CASCADE")

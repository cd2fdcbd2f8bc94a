"""Feeds of persons and of busy times; the components that feeds share, and changes that wait for them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = ("network", "city", "group")
MORE_KINDS = (*KINDS, "person", "busy")


def upgrade() -> None:
    op.create_table(
        "feed_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_change")),
    )
    op.create_table(
        "feed_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("audience", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ring", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reach", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_slot")),
        sa.UniqueConstraint("item", "audience", name=op.f("uq_feed_slot_item_audience")),
    )
    with op.batch_alter_table("feed_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_slot_published_at"), ["published_at"], unique=False)
    op.create_table(
        "feed_component",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("written_from", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["feed_slot.id"], name=op.f("fk_feed_component_slot_id_feed_slot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_component")),
        sa.UniqueConstraint("slot_id", "uid", name=op.f("uq_feed_component_slot_id_uid")),
    )

    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("alarm_minutes", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_feed_person_id_person"), "person", ["person_id"], ["id"])
        batch_op.drop_constraint(batch_op.f("uq_feed_city_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_feed_kind_city_id"), ["kind", "city_id"])
        batch_op.create_unique_constraint(batch_op.f("uq_feed_person_id"), ["person_id"])
        batch_op.drop_constraint(batch_op.f("ck_feed_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_feed_kind"), _one_of(MORE_KINDS))
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.alter_column("language", server_default=None)

    _drop_published()
    op.create_table(
        "published_feed",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outlet_mark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("published_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.Column("built_with", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_published_feed_feed_id_feed")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_published_feed")),
    )
    # Calendars must not be dated before the ones they follow, so the date of the old ones is kept.
    op.execute(
        "INSERT INTO published_feed (feed_id, version, outlet_mark, published_at, looked_on, built_with, head, time_zone, slots)"
        " SELECT feed_id, 0, '', published_at, NULL, '', '', '', '' FROM published_feed_before"
    )
    op.drop_table("published_feed_before")


def _drop_published() -> None:
    """Put the finished calendars aside: they are written again, from components, within a tick."""
    with op.batch_alter_table("published_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_feed_is_stale"))
    op.execute("CREATE TABLE published_feed_before AS SELECT feed_id, published_at FROM published_feed")
    op.drop_table("published_feed")


def downgrade() -> None:
    op.execute("CREATE TABLE published_feed_after AS SELECT feed_id, published_at FROM published_feed")
    op.drop_table("published_feed")
    op.execute(
        "DELETE FROM feed_address WHERE feed_id IN (SELECT id FROM feed WHERE kind IN ('person', 'busy'))"
    )
    op.execute(
        "DELETE FROM published_feed_after WHERE feed_id IN (SELECT id FROM feed WHERE kind IN ('person', 'busy'))"
    )
    op.execute("DELETE FROM feed WHERE kind IN ('person', 'busy')")
    op.create_table(
        "published_feed",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("published_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("zone_data", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_published_feed_feed_id_feed")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_published_feed")),
    )
    with op.batch_alter_table("published_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_feed_is_stale"), ["is_stale"], unique=False)
    # Never published, as far as the older release knows: it writes them within a tick.
    op.execute(
        "INSERT INTO published_feed (feed_id, content, etag, published_at, zone_data, is_stale)"
        " SELECT feed_id, '', '', NULL, '', true FROM published_feed_after"
    )
    op.drop_table("published_feed_after")

    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_feed_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_feed_kind"), _one_of(KINDS))
        batch_op.drop_constraint(batch_op.f("uq_feed_person_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_feed_kind_city_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_feed_city_id"), ["city_id"])
        batch_op.drop_constraint(batch_op.f("fk_feed_person_id_person"), type_="foreignkey")
        batch_op.drop_column("alarm_minutes")
        batch_op.drop_column("language")
        batch_op.drop_column("person_id")
    op.drop_table("feed_component")
    with op.batch_alter_table("feed_slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_slot_published_at"))
    op.drop_table("feed_slot")
    op.drop_table("feed_change")


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"

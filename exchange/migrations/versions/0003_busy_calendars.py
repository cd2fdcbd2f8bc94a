"""Busy calendars of cities and people, and the intervals read from them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "busy_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("host", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sealed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("claimed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("claimed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("looked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("copied_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("expanded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("etag", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_modified", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem_values", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('ics', 'caldav')", name=op.f("ck_busy_calendar_kind")),
        sa.CheckConstraint(
            "(city_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_busy_calendar_one_owner")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_busy_calendar_city_id_city")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_busy_calendar_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_calendar")),
    )
    with op.batch_alter_table("busy_calendar", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_busy_calendar_city_id"), ["city_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_busy_calendar_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_busy_calendar_person_id"), ["person_id"], unique=False)

    op.create_table(
        "busy_interval",
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["busy_calendar.id"],
            name=op.f("fk_busy_interval_calendar_id_busy_calendar"),
        ),
        sa.PrimaryKeyConstraint("calendar_id", "starts_at", name=op.f("pk_busy_interval")),
    )
    with op.batch_alter_table("busy_interval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_busy_interval_ends_at"), ["ends_at"], unique=False)


def downgrade() -> None:
    op.drop_table("busy_interval")
    op.drop_table("busy_calendar")

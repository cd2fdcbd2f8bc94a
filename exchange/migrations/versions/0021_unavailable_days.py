"""Unavailable days of cities, tentative busy times, and why entries of a calendar were left out."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unavailable_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_unavailable_days_in_order")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_unavailable_days_city_id_city")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unavailable_days")),
        sa.UniqueConstraint(
            "city_id", "first_on", "last_on", name=op.f("uq_unavailable_days_city_id_first_on_last_on")
        ),
    )
    with op.batch_alter_table("busy_interval", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_tentative", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("busy_interval", schema=None) as batch_op:
        batch_op.alter_column("is_tentative", server_default=None)
    with op.batch_alter_table("busy_calendar", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("left_out_reasons", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
    with op.batch_alter_table("busy_calendar", schema=None) as batch_op:
        batch_op.alter_column("left_out_reasons", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("busy_calendar", schema=None) as batch_op:
        batch_op.drop_column("left_out_reasons")
    with op.batch_alter_table("busy_interval", schema=None) as batch_op:
        batch_op.drop_column("is_tentative")
    op.drop_table("unavailable_days")

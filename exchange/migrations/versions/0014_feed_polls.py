"""Fetches of feeds, by address and kind of program."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PROGRAMS = (
    "'outlook', 'google', 'apple', 'thunderbird', 'android', 'nextcloud', 'linux', 'command line',"
    " 'automation', 'browser', 'other'"
)


def upgrade() -> None:
    op.create_table(
        "feed_poll",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("program", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("polled_on", sa.Date(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("polls_before", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"program IN ({_PROGRAMS})", name=op.f("ck_feed_poll_program")),
        sa.CheckConstraint("polls > 0", name=op.f("ck_feed_poll_polls")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_poll_feed_id_feed")),
        sa.PrimaryKeyConstraint("feed_id", "serial", "program", name=op.f("pk_feed_poll")),
    )


def downgrade() -> None:
    op.drop_table("feed_poll")

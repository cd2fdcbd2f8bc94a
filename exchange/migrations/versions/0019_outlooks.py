"""What the clock worked out about letters, and how long it holds; an index of letters waited for."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


_WAITED_FOR = sa.text("state = 'queued' AND kind IN ('sign-in', 'receipt', 'address', 'passed on', 'trial')")


def upgrade() -> None:
    op.create_index(
        "ix_letter_waited_for",
        "letter",
        ["due_at"],
        sqlite_where=_WAITED_FOR,
        postgresql_where=_WAITED_FOR,
    )
    op.create_table(
        "outlook",
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("item", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("made_with", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("departures", sa.JSON(), nullable=False),
        sa.Column("readers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("what", "item", name=op.f("pk_outlook")),
    )


def downgrade() -> None:
    op.drop_table("outlook")
    op.drop_index("ix_letter_waited_for", "letter")

"""Whether a letter whose try had no answer may have got through all the same."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("may_have_arrived", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    # Without a copy of the table, which SQLite could not put in the place of one that rows point at.
    with op.batch_alter_table("letter", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("may_have_arrived")

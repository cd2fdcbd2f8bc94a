"""Where a city lies, for the maps of calendar programs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("city", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Float(), nullable=True))


def downgrade() -> None:
    # Without a copy of the table, which SQLite could not put in the place of one that rows point at.
    with op.batch_alter_table("city", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")

"""What a cycle is about, and the agendas of its meetings and of training events."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.add_column("cycle", sa.Column("brief", _TEXT, nullable=False, server_default=""))
    op.add_column("cycle", sa.Column("agendas", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("training_event", sa.Column("agenda", _TEXT, nullable=False, server_default=""))


def downgrade() -> None:
    for table, columns in {"training_event": ("agenda",), "cycle": ("agendas", "brief")}.items():
        # Without a copy of the table, which SQLite could not put in the place of one that rows point at.
        with op.batch_alter_table(table, schema=None, recreate="never") as batch_op:
            for column in columns:
                batch_op.drop_column(column)

"""What a calendar's answer says beside yes or no, since when its time holds, and answers that wait for a word."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_ANSWERS = "'', 'none', 'accepted', 'tentative', 'declined'"


def upgrade() -> None:
    with op.batch_alter_table("invitation", schema=None, recreate="never") as batch_op:
        batch_op.add_column(sa.Column("comment", _TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("time_sequence", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE invitation SET time_sequence = sequence")  # which of them moved it, nobody knows
    with op.batch_alter_table("handled_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_offered", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("answer", _TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("comment", _TEXT, nullable=False, server_default=""))
        batch_op.create_check_constraint(op.f("ck_handled_mail_answer"), f"answer IN ({_ANSWERS})")


def downgrade() -> None:
    with op.batch_alter_table("handled_mail", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_handled_mail_answer"), type_="check")
        batch_op.drop_column("comment")
        batch_op.drop_column("answer")
        batch_op.drop_column("is_offered")
    # Without a copy of the table, which SQLite could not put in the place of one that rows point at.
    with op.batch_alter_table("invitation", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("time_sequence")
        batch_op.drop_column("comment")

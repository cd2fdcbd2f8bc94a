"""Wordings of letters, the chasing letter of a week, changes of the ladder, message classes."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("letter", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_letter_wording_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_letter_wording_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wording")),
        sa.UniqueConstraint("scope", "letter", "number", name=op.f("uq_letter_wording_scope_letter_number")),
    )
    with op.batch_alter_table("letter_wording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_wording_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_wording_person_id"), ["person_id"], unique=False)
    op.create_table(
        "ladder_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_ladder_change_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_change")),
        sa.UniqueConstraint("cycle_id", "step", name=op.f("uq_ladder_change_cycle_id_step")),
    )
    with op.batch_alter_table("ladder_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ladder_change_cycle_id"), ["cycle_id"], unique=False)
    op.create_table(
        "chase",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("week", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_chase_letter_id_letter")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chase_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "week", name=op.f("pk_chase")),
    )
    with op.batch_alter_table("chase", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chase_letter_id"), ["letter_id"], unique=False)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("programme_stopped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        # Letters of earlier versions are of the programme, but for links that sign in.
        batch_op.add_column(
            sa.Column(
                "message_class",
                sqlmodel.sql.sqltypes.AutoString(),
                nullable=False,
                server_default="service",
            )
        )
        batch_op.add_column(
            sa.Column(
                "unsubscribe_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""
            )
        )
        batch_op.create_check_constraint("message_class", "message_class IN ('service', 'programme')")
    op.execute("UPDATE letter SET message_class = 'programme' WHERE kind <> 'sign-in'")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.alter_column("message_class", server_default=None)
        batch_op.alter_column("unsubscribe_url", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_letter_message_class"), type_="check")
        batch_op.drop_column("unsubscribe_url")
        batch_op.drop_column("message_class")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("programme_stopped_at")
    op.drop_table("chase")
    op.drop_table("ladder_change")
    op.drop_table("letter_wording")

"""Invitations to planning meetings, which share the UID that the meeting has in feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.add_column(sa.Column("preparation_step_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_invitation_preparation_step_id_preparation_step"),
            "preparation_step",
            ["preparation_step_id"],
            ["id"],
        )
        batch_op.create_unique_constraint(
            op.f("uq_invitation_person_id_preparation_step_id"), ["person_id", "preparation_step_id"]
        )
        batch_op.create_index(op.f("ix_invitation_preparation_step_id"), ["preparation_step_id"])
        batch_op.drop_constraint(op.f("uq_invitation_uid"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_invitation_uid_person_id"), ["uid", "person_id"])


def downgrade() -> None:
    # An invitation to a planning meeting is to nothing else, and cannot stay without it; what the mailbox
    # had of it goes on without naming it.
    op.execute(
        "UPDATE handled_mail SET invitation_id = NULL WHERE invitation_id IN"
        " (SELECT id FROM invitation WHERE preparation_step_id IS NOT NULL)"
    )
    op.execute("DELETE FROM invitation WHERE preparation_step_id IS NOT NULL")
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.drop_constraint(op.f("uq_invitation_uid_person_id"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_invitation_uid"), ["uid"])
        batch_op.drop_index(op.f("ix_invitation_preparation_step_id"))
        batch_op.drop_constraint(op.f("uq_invitation_person_id_preparation_step_id"), type_="unique")
        batch_op.drop_constraint(
            op.f("fk_invitation_preparation_step_id_preparation_step"), type_="foreignkey"
        )
        batch_op.drop_column("preparation_step_id")

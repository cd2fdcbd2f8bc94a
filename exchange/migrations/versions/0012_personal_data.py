"""People's rights over their data: requests, changes of address, restriction, erasure, needs for an event."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_AT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("restricted_at", _AT(), nullable=True))
        batch_op.add_column(sa.Column("restricted_why", _TEXT(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("erased_at", _AT(), nullable=True))

    op.create_table(
        "rights_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("words", _TEXT(), nullable=False),
        sa.Column("made_at", _AT(), nullable=False),
        sa.Column("decision", _TEXT(), nullable=False),
        sa.Column("answer", _TEXT(), nullable=False),
        sa.Column("decided_at", _AT(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("decision IN ('', 'granted', 'refused')", name=op.f("ck_rights_request_decision")),
        sa.CheckConstraint(
            "kind IN ('restriction', 'objection', 'erasure')", name=op.f("ck_rights_request_kind")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_rights_request_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_rights_request_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
    )
    op.create_index(op.f("ix_rights_request_person_id"), "rights_request", ["person_id"])

    op.create_table(
        "address_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("new_address", _TEXT(), nullable=False),
        sa.Column("token_digest", _TEXT(), nullable=False),
        sa.Column("asked_at", _AT(), nullable=False),
        sa.Column("expires_at", _AT(), nullable=False),
        sa.Column("used_at", _AT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_address_change_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_address_change_token_digest")),
    )
    op.create_index(op.f("ix_address_change_person_id"), "address_change", ["person_id"])

    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("address_digest", _TEXT(), nullable=False),
        sa.Column("erased_at", _AT(), nullable=False),
        sa.Column("erased_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", _AT(), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_why", _TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["erased_by_id"], ["person.id"], name=op.f("fk_erasure_erased_by_id_person")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_erasure_lifted_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("number", name=op.f("uq_erasure_number")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasure_person_id")),
    )
    op.create_index(op.f("ix_erasure_address_digest"), "erasure", ["address_digest"])

    op.create_table(
        "attendance_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", _TEXT(), nullable=False),
        sa.Column("given_at", _AT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attendance_need_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training_event.id"], name=op.f("fk_attendance_need_training_id_training_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_need")),
        sa.UniqueConstraint(
            "training_id", "person_id", name=op.f("uq_attendance_need_training_id_person_id")
        ),
    )
    op.create_index(op.f("ix_attendance_need_person_id"), "attendance_need", ["person_id"])
    op.create_index(op.f("ix_attendance_need_training_id"), "attendance_need", ["training_id"])


def downgrade() -> None:
    """Who was erased stays so: the number and the former name are in the person's own row."""
    for table in ("attendance_need", "erasure", "address_change", "rights_request"):
        op.drop_table(table)
    # Without a copy of the table, which SQLite could not put in the place of one that rows point at.
    with op.batch_alter_table("person", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("erased_at")
        batch_op.drop_column("restricted_why")
        batch_op.drop_column("restricted_at")

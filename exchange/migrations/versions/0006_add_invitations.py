"""Invitations with their answers, mail that was read, addresses that were refused, and changes to tell."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox_mark",
        sa.Column("mailbox", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailbox_mark")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("meeting", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("link_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reply_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sent_to", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("says", sa.JSON(), nullable=True),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('none', 'accepted', 'tentative', 'declined')", name=op.f("ck_invitation_answer")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_invitation_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training_event.id"], name=op.f("fk_invitation_training_id_training_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_invitation_link_digest")),
        sa.UniqueConstraint(
            "person_id", "cycle_id", "meeting", name=op.f("uq_invitation_person_id_cycle_id_meeting")
        ),
        sa.UniqueConstraint("person_id", "training_id", name=op.f("uq_invitation_person_id_training_id")),
        sa.UniqueConstraint("reply_digest", name=op.f("uq_invitation_reply_digest")),
        sa.UniqueConstraint("uid", name=op.f("uq_invitation_uid")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_training_id"), ["training_id"], unique=False)

    op.create_table(
        "handled_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("handled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sender", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('reply', 'report', 'unreadable')", name=op.f("ck_handled_mail_kind")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_handled_mail_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handled_mail_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handled_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_handled_mail_key")),
    )
    with op.batch_alter_table("handled_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handled_mail_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handled_mail_person_id"), ["person_id"], unique=False)

    op.create_table(
        "refused_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("refused_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_refused_address_letter_id_letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_address")),
        sa.UniqueConstraint("address", name=op.f("uq_refused_address_address")),
    )
    with op.batch_alter_table("refused_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refused_address_letter_id"), ["letter_id"], unique=False)

    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("tell_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_cycle_tell_at"), ["tell_at"], unique=False)

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("calendar", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("tells", sa.JSON(), nullable=True))

    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("training_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("tell_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("moved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_training_event_tell_at"), ["tell_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("training_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_event_tell_at"))
        batch_op.drop_column("moved_at")
        batch_op.drop_column("tell_at")
        batch_op.drop_column("told")

    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.drop_column("moved_at")

    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.drop_column("moved_at")

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_column("tells")
        batch_op.drop_column("calendar")

    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cycle_tell_at"))
        batch_op.drop_column("tell_at")
        batch_op.drop_column("told")

    with op.batch_alter_table("refused_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refused_address_letter_id"))

    op.drop_table("refused_address")
    with op.batch_alter_table("handled_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handled_mail_person_id"))
        batch_op.drop_index(batch_op.f("ix_handled_mail_invitation_id"))

    op.drop_table("handled_mail")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_training_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_cycle_id"))

    op.drop_table("invitation")
    op.drop_table("mailbox_mark")

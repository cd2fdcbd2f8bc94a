"""Who was at events and sittings, what they wrote about them, and colleagues whom invited people name."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_INSTANT = sqlmodel.sql.sqltypes.UTCDateTime()
_SECTORS = (
    "'', 'authority', 'police', 'fire', 'health', 'academic', 'private', 'third sector', 'international'"
)


def upgrade() -> None:
    op.create_table(
        "attendance_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.Column("sitting_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=True),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(training_id IS NULL) <> (sitting_id IS NULL)", name=op.f("ck_attendance_sheet_subject")
        ),
        sa.ForeignKeyConstraint(
            ["training_id"],
            ["training_event.id"],
            name=op.f("fk_attendance_sheet_training_id_training_event"),
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_attendance_sheet_sitting_id_sitting")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["person.id"], name=op.f("fk_attendance_sheet_noted_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_sheet")),
        sa.UniqueConstraint("training_id", name=op.f("uq_attendance_sheet_training_id")),
        sa.UniqueConstraint("sitting_id", name=op.f("uq_attendance_sheet_sitting_id")),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("sector", _TEXT, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("presence", _TEXT, nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("is_own_word", sa.Boolean(), nullable=False),
        sa.CheckConstraint("people >= 1", name=op.f("ck_attendance_people")),
        sa.CheckConstraint("person_id IS NULL OR people = 1", name=op.f("ck_attendance_one_person")),
        sa.CheckConstraint("presence IN ('in person', 'remote')", name=op.f("ck_attendance_presence")),
        sa.CheckConstraint(f"sector IN ({_SECTORS})", name=op.f("ck_attendance_sector")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["attendance_sheet.id"], name=op.f("fk_attendance_sheet_id_attendance_sheet")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id_person")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_attendance_city_id_city")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("sheet_id", "person_id", name=op.f("uq_attendance_sheet_id_person_id")),
    )
    for column in ("sheet_id", "person_id", "city_id"):
        op.create_index(op.f(f"ix_attendance_{column}"), "attendance", [column])
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("email", _TEXT, nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("word", _TEXT, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'invited', 'declined')", name=op.f("ck_nomination_state")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_nomination_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_nomination_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
    )
    op.create_table(
        "feedback_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["ask_question.id"], name=op.f("fk_feedback_text_question_id_ask_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_text")),
    )
    op.create_index(op.f("ix_feedback_text_question_id"), "feedback_text", ["question_id"])
    for column in ("invitation_id", "state"):
        op.create_index(op.f(f"ix_nomination_{column}"), "nomination", [column])


def downgrade() -> None:
    op.drop_table("feedback_text")
    op.drop_table("nomination")
    op.drop_table("attendance")
    op.drop_table("attendance_sheet")

"""Notes to the network, journeys to events, standing documents; why an event is in person; strategies."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_AT = sqlmodel.sql.sqltypes.UTCDateTime()
_MARKINGS = "'TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'"
_KINDS = "'equality impact assessment', 'privacy notice', 'accessibility statement', 'terms'"


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    _create_notes()
    # In words of its own, without a copy of the table: rows point at it (see 0009).
    op.execute(
        "ALTER TABLE letter ADD COLUMN note_id INTEGER CONSTRAINT fk_letter_note_id_note REFERENCES note (id)"
    )
    op.create_index(op.f("ix_letter_note_id"), "letter", ["note_id"])
    _create_journeys()
    _create_documents()
    for table, column in (("training_event", "why_in_person"), ("theme", "strategies")):
        op.add_column(table, sa.Column(column, _TEXT, nullable=False, server_default=""))


def _create_notes() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", _TEXT, nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("marking", _TEXT, nullable=False),
        sa.Column("named_ids", sa.JSON(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("city_ids", sa.JSON(), nullable=False),
        sa.Column("group_ids", sa.JSON(), nullable=False),
        sa.Column("board_ids", sa.JSON(), nullable=False),
        sa.Column("organisation_ids", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", _AT, nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", _AT, nullable=True),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", _AT, nullable=True),
        sa.CheckConstraint(f"marking IN ({_MARKINGS})", name=op.f("ck_note_marking")),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name=op.f("ck_note_two_people")
        ),
        _points("note", "corrects_id", "note"),
        _points("note", "author_id", "person"),
        _points("note", "asked_by_id", "person"),
        _points("note", "confirmed_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    for column in ("corrects_id", "author_id", "asked_by_id", "confirmed_by_id", "sent_at"):
        op.create_index(op.f(f"ix_note_{column}"), "note", [column])


def _create_journeys() -> None:
    op.create_table(
        "journeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("transport", _TEXT, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "transport IN ('train', 'plane', 'car', 'other')", name=op.f("ck_journeys_transport")
        ),
        sa.CheckConstraint("people >= 1", name=op.f("ck_journeys_people")),
        _points("journeys", "training_id", "training_event"),
        _points("journeys", "city_id", "city"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journeys")),
        sa.UniqueConstraint(
            "training_id", "city_id", "transport", name=op.f("uq_journeys_training_id_city_id_transport")
        ),
    )
    op.create_index(op.f("ix_journeys_city_id"), "journeys", ["city_id"])


def _create_documents() -> None:
    op.create_table(
        "standing_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("link", _TEXT, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_standing_document_kind")),
        _points("standing_document", "owner_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_document")),
    )
    for column in ("owner_id", "review_on"):
        op.create_index(op.f(f"ix_standing_document_{column}"), "standing_document", [column])


def downgrade() -> None:
    for table, column in (("theme", "strategies"), ("training_event", "why_in_person")):
        op.drop_column(table, column)
    op.drop_table("standing_document")
    op.drop_table("journeys")
    op.drop_index(op.f("ix_letter_note_id"), "letter")
    op.execute("ALTER TABLE letter DROP COLUMN note_id")
    op.drop_table("note")

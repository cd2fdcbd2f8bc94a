"""Meetings of boards with their papers, decisions, and the days of seats on a board."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_AT = sqlmodel.sql.sqltypes.UTCDateTime()
_MARKINGS = "'TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'"


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    _create_meetings()
    _create_decisions()
    with op.batch_alter_table("board_member") as batch_op:
        batch_op.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_board_member_days"), "ends_on >= starts_on")
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.add_column(sa.Column("board_meeting_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_invitation_board_meeting_id_board_meeting"),
            "board_meeting",
            ["board_meeting_id"],
            ["id"],
        )
        batch_op.create_unique_constraint(
            op.f("uq_invitation_person_id_board_meeting_id"), ["person_id", "board_meeting_id"]
        )
        batch_op.create_index(op.f("ix_invitation_board_meeting_id"), ["board_meeting_id"])


def _create_meetings() -> None:
    op.create_table(
        "board_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("mode", _TEXT, nullable=False),
        sa.Column("on_local", sa.Date(), nullable=False),
        sa.Column("starts_local", sa.Time(), nullable=False),
        sa.Column("time_zone", _TEXT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", _TEXT, nullable=False),
        sa.Column("join_link", _TEXT, nullable=False),
        sa.Column("agenda", _TEXT, nullable=False),
        sa.Column("marking", _TEXT, nullable=False),
        sa.Column("named_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", _AT, nullable=True),
        sa.Column("cancelled_at", _AT, nullable=True),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("uid", _TEXT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("moved_at", _AT, nullable=True),
        sa.Column("tell_at", _AT, nullable=True),
        sa.Column("record", _TEXT, nullable=False),
        sa.Column("record_marking", _TEXT, nullable=False),
        sa.Column("recorded_at", _AT, nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.CheckConstraint("mode IN ('in person', 'hybrid', 'virtual')", name=op.f("ck_board_meeting_mode")),
        sa.CheckConstraint(f"marking IN ({_MARKINGS})", name=op.f("ck_board_meeting_marking")),
        sa.CheckConstraint(
            f"record_marking IN ('', {_MARKINGS})", name=op.f("ck_board_meeting_record_marking")
        ),
        _points("board_meeting", "board_id", "board"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_meeting")),
        sa.UniqueConstraint("uid", name=op.f("uq_board_meeting_uid")),
    )
    for column in ("board_id", "on_local", "tell_at"):
        op.create_index(op.f(f"ix_board_meeting_{column}"), "board_meeting", [column])
    op.create_table(
        "board_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", _TEXT, nullable=False),
        sa.Column("url", _TEXT, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("marking", _TEXT, nullable=False),
        sa.CheckConstraint(f"marking IN ({_MARKINGS})", name=op.f("ck_board_paper_marking")),
        sa.CheckConstraint("(product_id IS NULL) <> (url = '')", name=op.f("ck_board_paper_product_or_link")),
        _points("board_paper", "meeting_id", "board_meeting"),
        _points("board_paper", "product_id", "product"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_paper")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_board_paper_meeting_id_position")),
    )
    op.create_index(op.f("ix_board_paper_product_id"), "board_paper", ["product_id"])


def _create_decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", _TEXT, nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("publication_status", _TEXT, nullable=False),
        sa.Column("link", _TEXT, nullable=False),
        sa.Column("marking", _TEXT, nullable=False),
        sa.Column("named_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "publication_status IN ('published in full', 'published in part', 'not published')",
            name=op.f("ck_decision_publication_status"),
        ),
        sa.CheckConstraint(f"marking IN ({_MARKINGS})", name=op.f("ck_decision_marking")),
        _points("decision", "board_id", "board"),
        _points("decision", "meeting_id", "board_meeting"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("reference", name=op.f("uq_decision_reference")),
    )
    for column in ("board_id", "meeting_id", "decided_on"):
        op.create_index(op.f(f"ix_decision_{column}"), "decision", [column])
    op.create_table(
        "decision_theme",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        _points("decision_theme", "decision_id", "decision"),
        _points("decision_theme", "theme_id", "theme"),
        sa.PrimaryKeyConstraint("decision_id", "theme_id", name=op.f("pk_decision_theme")),
    )
    op.create_index(op.f("ix_decision_theme_theme_id"), "decision_theme", ["theme_id"])


def downgrade() -> None:
    # An invitation to a board's meeting is to nothing else, and cannot stay without it; what the mailbox
    # had of it goes on without naming it.
    op.execute(
        "UPDATE handled_mail SET invitation_id = NULL WHERE invitation_id IN"
        " (SELECT id FROM invitation WHERE board_meeting_id IS NOT NULL)"
    )
    op.execute("DELETE FROM invitation WHERE board_meeting_id IS NOT NULL")
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.drop_index(op.f("ix_invitation_board_meeting_id"))
        batch_op.drop_constraint(op.f("uq_invitation_person_id_board_meeting_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_invitation_board_meeting_id_board_meeting"), type_="foreignkey")
        batch_op.drop_column("board_meeting_id")
    with op.batch_alter_table("board_member") as batch_op:
        batch_op.drop_constraint(op.f("ck_board_member_days"), type_="check")
        batch_op.drop_column("ends_on")
        batch_op.drop_column("starts_on")
    op.drop_table("decision_theme")
    op.drop_table("decision")
    op.drop_table("board_paper")
    op.drop_table("board_meeting")

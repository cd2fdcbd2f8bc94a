"""Findings, how far each city is with them, and actions, which have personal links of their own."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_AT = sqlmodel.sql.sqltypes.UTCDateTime()
_MARKINGS = "'TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'"
_TASKS = ("addressee_id", "reviewer_id", "action_id")
_ONE_TASK = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in _TASKS) + " = 1"
_TWO_TASKS = "(addressee_id IS NULL) <> (reviewer_id IS NULL)"


def upgrade() -> None:
    _add_lessons()
    _add_progress()
    _add_actions()
    with op.batch_alter_table("personal_link") as batch_op:
        batch_op.add_column(sa.Column("action_id", sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_personal_link_answer_or_review"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_personal_link_one_task"), _ONE_TASK)
        batch_op.create_unique_constraint(
            batch_op.f("uq_personal_link_action_id_serial"), ["action_id", "serial"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_personal_link_action_id_improvement_action"),
            "improvement_action",
            ["action_id"],
            ["id"],
        )
        batch_op.create_index(batch_op.f("ix_personal_link_action_id"), ["action_id"])


def downgrade() -> None:
    op.execute("DELETE FROM personal_link WHERE action_id IS NOT NULL")
    with op.batch_alter_table("personal_link") as batch_op:
        batch_op.drop_index(batch_op.f("ix_personal_link_action_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_personal_link_action_id_improvement_action"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("uq_personal_link_action_id_serial"), type_="unique")
        batch_op.drop_constraint(batch_op.f("ck_personal_link_one_task"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_personal_link_answer_or_review"), _TWO_TASKS)
        batch_op.drop_column("action_id")
    op.drop_table("improvement_action")
    op.drop_table("lesson_progress")
    op.drop_table("lesson")


def _points_at(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _add_lessons() -> None:
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", _TEXT, nullable=True),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("state_reason", _TEXT, nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("phase", _TEXT, nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("source_number", _TEXT, nullable=False),
        sa.Column("source_link", _TEXT, nullable=False),
        sa.Column("marking", _TEXT, nullable=False),
        sa.Column("named_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('recommendation', 'lesson', 'notable practice')", name=op.f("ck_lesson_kind")
        ),
        sa.CheckConstraint(
            "state IN ('', 'identified', 'accepted', 'learned', 'rejected')", name=op.f("ck_lesson_state")
        ),
        sa.CheckConstraint("phase IN ('', 'prepare', 'respond', 'recover')", name=op.f("ck_lesson_phase")),
        sa.CheckConstraint(f"marking IN ({_MARKINGS})", name=op.f("ck_lesson_marking")),
        sa.CheckConstraint("(kind = 'lesson') = (state <> '')", name=op.f("ck_lesson_state_of_lesson")),
        sa.CheckConstraint(
            "(cycle_id IS NULL OR training_id IS NULL) AND"
            " (product_id IS NULL OR (cycle_id IS NULL AND training_id IS NULL))",
            name=op.f("ck_lesson_one_origin"),
        ),
        _points_at("lesson", "theme_id", "theme"),
        _points_at("lesson", "cycle_id", "cycle"),
        _points_at("lesson", "training_id", "training_event"),
        _points_at("lesson", "product_id", "product"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("key", name=op.f("uq_lesson_key")),
    )
    _index("lesson", "theme_id", "cycle_id", "training_id", "product_id")


def _add_progress() -> None:
    op.create_table(
        "lesson_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("note", _TEXT, nullable=False),
        sa.Column("evidence", _TEXT, nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("set_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('not started', 'considering', 'under way', 'in place', 'not for us')",
            name=op.f("ck_lesson_progress_state"),
        ),
        _points_at("lesson_progress", "lesson_id", "lesson"),
        _points_at("lesson_progress", "city_id", "city"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_progress")),
        sa.UniqueConstraint("lesson_id", "city_id", name=op.f("uq_lesson_progress_lesson_id_city_id")),
    )
    _index("lesson_progress", "city_id", "review_on")


def _add_actions() -> None:
    table = "improvement_action"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("marking", _TEXT, nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_city_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("note", _TEXT, nullable=False),
        sa.Column("evidence", _TEXT, nullable=False),
        sa.Column("done_at", _AT, nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_at", _AT, nullable=True),
        sa.Column("told_at", _AT, nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_checks_of_actions(),
        _points_at(table, "lesson_id", "lesson"),
        _points_at(table, "cycle_id", "cycle"),
        _points_at(table, "training_id", "training_event"),
        _points_at(table, "theme_id", "theme"),
        _points_at(table, "owner_id", "person"),
        _points_at(table, "owner_city_id", "city"),
        _points_at(table, "verified_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_action")),
    )
    _index(table, "lesson_id", "cycle_id", "training_id", "theme_id", "owner_id", "owner_city_id", "due_on")
    _index(table, "verified_by_id")


def _checks_of_actions() -> list[sa.CheckConstraint]:
    checks = {
        "state": "state IN ('open', 'in progress', 'blocked', 'done', 'verified', 'declined')",
        "marking": f"marking IN ('', {_MARKINGS})",
        "one_owner": "(owner_id IS NULL) <> (owner_city_id IS NULL)",
        "of_finding": "lesson_id IS NULL OR (cycle_id IS NULL AND training_id IS NULL AND theme_id IS NULL"
        " AND marking = '')",
        "alone": "lesson_id IS NOT NULL OR marking <> ''",
        "verified": "state <> 'verified' OR (verified_by_id IS NOT NULL AND verified_at IS NOT NULL"
        " AND evidence <> '')",
        "another": "verified_by_id IS NULL OR owner_id IS NULL OR verified_by_id <> owner_id",
    }
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_improvement_action_{name}"))
        for name, condition in checks.items()
    ]

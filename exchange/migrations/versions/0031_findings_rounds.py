"""Rounds that ask cities how far they are with findings, and findings as what questions are asked for."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_AT = sqlmodel.sql.sqltypes.UTCDateTime()


def _count(*columns: str) -> str:
    return " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in columns)


def upgrade() -> None:
    op.create_table(
        "findings_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", _AT, nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_findings_round_city_id_city")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings_round")),
        sa.UniqueConstraint("opened_on", name=op.f("uq_findings_round_opened_on")),
    )
    op.create_index(op.f("ix_findings_round_city_id"), "findings_round", ["city_id"])
    with op.batch_alter_table("ask", schema=None) as batch:
        batch.add_column(sa.Column("findings_round_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_ask_findings_round_id_findings_round"),
            "findings_round",
            ["findings_round_id"],
            ["id"],
        )
        batch.create_unique_constraint(
            batch.f("uq_ask_findings_round_id_template"), ["findings_round_id", "template"]
        )
        batch.create_index(batch.f("ix_ask_findings_round_id"), ["findings_round_id"])
        batch.drop_constraint(batch.f("ck_ask_one_subject"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_ask_one_subject"),
            f"{_count('cycle_id', 'training_id', 'needs_round_id', 'findings_round_id')} = 1",
        )
    with op.batch_alter_table("ask_row", schema=None) as batch:
        batch.add_column(sa.Column("lesson_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_ask_row_lesson_id_lesson"), "lesson", ["lesson_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_unique_constraint(batch.f("uq_ask_row_ask_id_lesson_id"), ["ask_id", "lesson_id"])
        batch.create_index(batch.f("ix_ask_row_lesson_id"), ["lesson_id"])
        batch.drop_constraint(batch.f("ck_ask_row_one_thing"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_ask_row_one_thing"), f"{_count('theme_id', 'objective_id', 'lesson_id')} <= 1"
        )


def downgrade() -> None:
    _forget_asks_of_rounds()
    with op.batch_alter_table("ask_row", schema=None) as batch:
        batch.drop_constraint(batch.f("ck_ask_row_one_thing"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_ask_row_one_thing"), f"{_count('theme_id', 'objective_id')} <= 1"
        )
        batch.drop_index(batch.f("ix_ask_row_lesson_id"))
        batch.drop_constraint(batch.f("uq_ask_row_ask_id_lesson_id"), type_="unique")
        batch.drop_constraint(batch.f("fk_ask_row_lesson_id_lesson"), type_="foreignkey")
        batch.drop_column("lesson_id")
    with op.batch_alter_table("ask", schema=None) as batch:
        batch.drop_constraint(batch.f("ck_ask_one_subject"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_ask_one_subject"), f"{_count('cycle_id', 'training_id', 'needs_round_id')} = 1"
        )
        batch.drop_index(batch.f("ix_ask_findings_round_id"))
        batch.drop_constraint(batch.f("uq_ask_findings_round_id_template"), type_="unique")
        batch.drop_constraint(batch.f("fk_ask_findings_round_id_findings_round"), type_="foreignkey")
        batch.drop_column("findings_round_id")
    op.drop_table("findings_round")


def _forget_asks_of_rounds() -> None:
    """Delete what no other subject can hold, the rows that point first."""
    asks = "SELECT id FROM ask WHERE findings_round_id IS NOT NULL"
    parties = f"SELECT id FROM ask_party WHERE ask_id IN ({asks})"
    addressees = f"SELECT id FROM ask_addressee WHERE party_id IN ({parties})"
    answers = f"SELECT id FROM contribution WHERE party_id IN ({parties})"
    for table, which in (
        ("personal_link", f"addressee_id IN ({addressees})"),
        ("contribution_group", f"contribution_id IN ({answers})"),
        ("contribution_version", f"contribution_id IN ({answers})"),
        ("attachment", f"contribution_id IN ({answers})"),
        ("contribution", f"party_id IN ({parties})"),
        ("ask_addressee", f"party_id IN ({parties})"),
        ("ask_party", f"ask_id IN ({asks})"),
        ("ask_question", f"ask_id IN ({asks})"),
        ("ask_row", f"ask_id IN ({asks})"),
        ("ask", "findings_round_id IS NOT NULL"),
    ):
        op.execute(f"DELETE FROM {table} WHERE {which}")

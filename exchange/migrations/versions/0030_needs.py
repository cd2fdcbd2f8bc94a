"""Needs rounds, what was shown of them, the needs that the board accepted, and what answers them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_AT = sqlmodel.sql.sqltypes.UTCDateTime()
_MARKINGS = "'TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'"


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        "needs_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("marking", _TEXT, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("opened_at", _AT, nullable=True),
        sa.Column("closed_at", _AT, nullable=True),
        sa.Column("reopened_at", _AT, nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"marking IN ({_MARKINGS})", name=op.f("ck_needs_round_marking")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_needs_round_days")),
        _points("needs_round", "city_id", "city"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_round")),
        sa.UniqueConstraint("year", name=op.f("uq_needs_round_year")),
    )
    op.create_index(op.f("ix_needs_round_city_id"), "needs_round", ["city_id"])
    op.create_table(
        "needs_round_city",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        _points("needs_round_city", "round_id", "needs_round"),
        _points("needs_round_city", "city_id", "city"),
        sa.PrimaryKeyConstraint("round_id", "city_id", name=op.f("pk_needs_round_city")),
    )
    op.create_index(op.f("ix_needs_round_city_city_id"), "needs_round_city", ["city_id"])
    op.create_table(
        "needs_round_theme",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        _points("needs_round_theme", "round_id", "needs_round"),
        _points("needs_round_theme", "theme_id", "theme"),
        sa.PrimaryKeyConstraint("round_id", "theme_id", name=op.f("pk_needs_round_theme")),
        sa.UniqueConstraint("round_id", "position", name=op.f("uq_needs_round_theme_round_id_position")),
    )
    op.create_index(op.f("ix_needs_round_theme_theme_id"), "needs_round_theme", ["theme_id"])
    op.create_table(
        "needs_showing",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("as_of", _AT, nullable=False),
        _points("needs_showing", "round_id", "needs_round"),
        sa.PrimaryKeyConstraint("round_id", "as_of", name=op.f("pk_needs_showing")),
    )
    _create_needs()


def _create_needs() -> None:
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("theme_name", _TEXT, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("gap", _TEXT, nullable=False),
        sa.Column("priority", _TEXT, nullable=False),
        sa.Column("cities", sa.Integer(), nullable=False),
        sa.Column("cities_with_gap", sa.Integer(), nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("closing_reason", _TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'programmed', 'addressed', 'not a training need')",
            name=op.f("ck_need_state"),
        ),
        _points("need", "round_id", "needs_round"),
        _points("need", "theme_id", "theme"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("round_id", "theme_id", name=op.f("uq_need_round_id_theme_id")),
    )
    op.create_index(op.f("ix_need_theme_id"), "need", ["theme_id"])
    op.create_table(
        "need_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(cycle_id IS NULL) <> (training_id IS NULL)", name=op.f("ck_need_event_cycle_or_training")
        ),
        _points("need_event", "need_id", "need"),
        _points("need_event", "cycle_id", "cycle"),
        _points("need_event", "training_id", "training_event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_event")),
        sa.UniqueConstraint("need_id", "cycle_id", name=op.f("uq_need_event_need_id_cycle_id")),
        sa.UniqueConstraint("need_id", "training_id", name=op.f("uq_need_event_need_id_training_id")),
    )
    op.create_index(op.f("ix_need_event_cycle_id"), "need_event", ["cycle_id"])
    op.create_index(op.f("ix_need_event_training_id"), "need_event", ["training_id"])
    with op.batch_alter_table("training_objective") as batch:
        batch.add_column(sa.Column("need_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_training_objective_need_id_need"), "need", ["need_id"], ["id"])
        batch.create_index(batch.f("ix_training_objective_need_id"), ["need_id"])
    with op.batch_alter_table("ask", schema=None) as batch:
        batch.add_column(sa.Column("needs_round_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_ask_needs_round_id_needs_round"), "needs_round", ["needs_round_id"], ["id"]
        )
        batch.create_unique_constraint(
            batch.f("uq_ask_needs_round_id_template"), ["needs_round_id", "template"]
        )
        batch.create_index(batch.f("ix_ask_needs_round_id"), ["needs_round_id"])
        batch.drop_constraint(batch.f("ck_ask_one_subject"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_ask_one_subject"), _one_of("cycle_id", "training_id", "needs_round_id")
        )


def _one_of(*columns: str) -> str:
    return " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in columns) + " = 1"


def downgrade() -> None:
    _forget_asks_of_rounds()
    with op.batch_alter_table("ask", schema=None) as batch:
        batch.drop_constraint(batch.f("ck_ask_one_subject"), type_="check")
        batch.create_check_constraint(batch.f("ck_ask_one_subject"), _one_of("cycle_id", "training_id"))
        batch.drop_index(batch.f("ix_ask_needs_round_id"))
        batch.drop_constraint(batch.f("uq_ask_needs_round_id_template"), type_="unique")
        batch.drop_constraint(batch.f("fk_ask_needs_round_id_needs_round"), type_="foreignkey")
        batch.drop_column("needs_round_id")
    with op.batch_alter_table("training_objective") as batch:
        batch.drop_index(batch.f("ix_training_objective_need_id"))
        batch.drop_constraint(batch.f("fk_training_objective_need_id_need"), type_="foreignkey")
        batch.drop_column("need_id")
    for table in ("need_event", "need", "needs_showing", "needs_round_theme", "needs_round_city"):
        op.drop_table(table)
    op.drop_table("needs_round")


def _forget_asks_of_rounds() -> None:
    """Delete what no other subject can hold, the rows that point first."""
    asks = "SELECT id FROM ask WHERE needs_round_id IS NOT NULL"
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
        ("ask", "needs_round_id IS NOT NULL"),
    ):
        op.execute(f"DELETE FROM {table} WHERE {which}")

"""Prompts of cycles become asks: typed questions about one subject, rows they are answered for, more parties.

The tables are made anew, and filled, so that every name in them is the new one on both databases.
Going back keeps the asks of cycles that were there before; what is asked about other things goes, with its answers.
"""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_AT = sqlmodel.sql.sqltypes.UTCDateTime()
_BY_THEMSELVES = sa.text("city_id IS NULL AND group_id IS NULL")
_MARKINGS = "'', 'TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'"
_KINDS = "'text', 'choice', 'choices', 'scale', 'number', 'date', 'yes/no'"
_ADDRESSEE_COLUMNS = "id, party_id, person_id, holder_id, extended_on, asked_at"


def upgrade() -> None:
    _make_ask()
    _make_question()
    _make_row()
    _make_party(
        "ask",
        sa.CheckConstraint(f"{_count('city_id', 'group_id')} <= 1", name=op.f("ck_ask_party_city_or_group")),
    )
    op.create_index(
        "uq_ask_party_people",
        "ask_party",
        ["ask_id"],
        unique=True,
        sqlite_where=_BY_THEMSELVES,
        postgresql_where=_BY_THEMSELVES,
    )
    _make_addressee("ask")
    with op.batch_alter_table("ask_addressee", schema=None) as batch_op:
        for column, table in (("city_id", "city"), ("organisation_id", "organisation")):
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_ask_addressee_{column}_{table}"), table, [column], ["id"])
            batch_op.create_index(op.f(f"ix_ask_addressee_{column}"), [column])
    _fill(
        "INSERT INTO ask (id, template, cycle_id, time_zone, marking, version, created_at, changed_at)"
        " SELECT id, 'cycle-' || kind, cycle_id, '', '', version, created_at, changed_at FROM prompt",
        "INSERT INTO ask_question"
        " (id, ask_id, position, kind, text, help, options, is_required, per, version, earlier)"
        " SELECT id, prompt_id, position, 'text', text, '', '[]', false, '', 1, '[]' FROM prompt_question",
        "INSERT INTO ask_party (id, ask_id, city_id, group_id, extended_on, done_at, done_by_id)"
        " SELECT id, prompt_id, city_id, group_id, extended_on, done_at, done_by_id FROM prompt_party",
        f"INSERT INTO ask_addressee ({_ADDRESSEE_COLUMNS}) SELECT {_ADDRESSEE_COLUMNS} FROM prompt_addressee",
    )
    _count_on("ask", "ask_question", "ask_party", "ask_addressee")
    _point("prompt", "ask")
    op.add_column("contribution_version", sa.Column("asked", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ask_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_letter_ask_id_ask"), "ask", ["ask_id"], ["id"])
        batch_op.create_index(op.f("ix_letter_ask_id"), ["ask_id"])
    for name in ("prompt_addressee", "prompt_party", "prompt_question", "prompt"):
        op.drop_table(name)


def downgrade() -> None:
    _forget_other_asks()
    _write_answers_as_text()
    _make_prompt()
    _make_party(
        "prompt",
        sa.CheckConstraint(
            "(city_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_prompt_party_city_or_group")
        ),
    )
    _make_addressee("prompt")
    _fill(
        "INSERT INTO prompt (id, cycle_id, kind, version, created_at, changed_at)"
        " SELECT id, cycle_id, substr(template, 7), version, created_at, changed_at FROM ask",
        "INSERT INTO prompt_question (id, prompt_id, position, text)"
        " SELECT id, ask_id, position, text FROM ask_question",
        "INSERT INTO prompt_party (id, prompt_id, city_id, group_id, extended_on, done_at, done_by_id)"
        " SELECT id, ask_id, city_id, group_id, extended_on, done_at, done_by_id FROM ask_party",
        f"INSERT INTO prompt_addressee ({_ADDRESSEE_COLUMNS}) SELECT {_ADDRESSEE_COLUMNS} FROM ask_addressee",
    )
    _count_on("prompt", "prompt_question", "prompt_party", "prompt_addressee")
    _point("ask", "prompt")
    with op.batch_alter_table("contribution_version", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("asked")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_letter_ask_id"))
        batch_op.drop_constraint(op.f("fk_letter_ask_id_ask"), type_="foreignkey")
        batch_op.drop_column("ask_id")
    for name in ("ask_addressee", "ask_party", "ask_row", "ask_question", "ask"):
        op.drop_table(name)


def _make_ask() -> None:
    op.create_table(
        "ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template", _TEXT, nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.Column("opens_at", _AT, nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("time_zone", _TEXT, nullable=False),
        sa.Column("closed_at", _AT, nullable=True),
        sa.Column("marking", _TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.CheckConstraint(f"{_count('cycle_id', 'training_id')} = 1", name=op.f("ck_ask_one_subject")),
        sa.CheckConstraint(f"marking IN ({_MARKINGS})", name=op.f("ck_ask_marking")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_ask_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training_event.id"], name=op.f("fk_ask_training_id_training_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
        sa.UniqueConstraint("cycle_id", "template", name=op.f("uq_ask_cycle_id_template")),
        sa.UniqueConstraint("training_id", "template", name=op.f("uq_ask_training_id_template")),
    )
    for column in ("cycle_id", "training_id", "closes_on"):
        op.create_index(op.f(f"ix_ask_{column}"), "ask", [column])


def _make_question() -> None:
    op.create_table(
        "ask_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("help", _TEXT, nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("per", _TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_ask_question_kind")),
        sa.CheckConstraint("per IN ('', 'theme', 'finding', 'objective')", name=op.f("ck_ask_question_per")),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_ask_question_ask_id_ask")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_question")),
    )
    op.create_index(op.f("ix_ask_question_ask_id"), "ask_question", ["ask_id"])


def _make_row() -> None:
    op.create_table(
        "ask_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("per", _TEXT, nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("per IN ('theme', 'finding', 'objective')", name=op.f("ck_ask_row_per")),
        sa.CheckConstraint(f"{_count('theme_id', 'objective_id')} <= 1", name=op.f("ck_ask_row_one_thing")),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_ask_row_ask_id_ask")),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["training_objective.id"],
            name=op.f("fk_ask_row_objective_id_training_objective"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_ask_row_theme_id_theme"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_row")),
        sa.UniqueConstraint("ask_id", "objective_id", name=op.f("uq_ask_row_ask_id_objective_id")),
        sa.UniqueConstraint("ask_id", "theme_id", name=op.f("uq_ask_row_ask_id_theme_id")),
    )
    for column in ("ask_id", "theme_id", "objective_id"):
        op.create_index(op.f(f"ix_ask_row_{column}"), "ask_row", [column])


def _make_prompt() -> None:
    op.create_table(
        "prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.CheckConstraint("kind IN ('cities', 'groups')", name=op.f("ck_prompt_kind")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_prompt_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
        sa.UniqueConstraint("cycle_id", "kind", name=op.f("uq_prompt_cycle_id_kind")),
    )
    op.create_index(op.f("ix_prompt_cycle_id"), "prompt", ["cycle_id"])
    op.create_table(
        "prompt_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompt.id"], name=op.f("fk_prompt_question_prompt_id_prompt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_question")),
    )
    op.create_index(op.f("ix_prompt_question_prompt_id"), "prompt_question", ["prompt_id"])


def _make_party(of: str, who: sa.CheckConstraint) -> None:
    name, key = f"{of}_party", f"{of}_id"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(key, sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("done_at", _AT, nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        who,
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f(f"fk_{name}_city_id_city")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f(f"fk_{name}_done_by_id_person")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["expert_group.id"], name=op.f(f"fk_{name}_group_id_expert_group")
        ),
        sa.ForeignKeyConstraint([key], [f"{of}.id"], name=op.f(f"fk_{name}_{key}_{of}")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(key, "city_id", name=op.f(f"uq_{name}_{key}_city_id")),
        sa.UniqueConstraint(key, "group_id", name=op.f(f"uq_{name}_{key}_group_id")),
    )
    for column in ("city_id", "group_id", key):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _make_addressee(of: str) -> None:
    name = f"{of}_addressee"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("asked_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f(f"fk_{name}_holder_id_person")),
        sa.ForeignKeyConstraint(
            ["party_id"], [f"{of}_party.id"], name=op.f(f"fk_{name}_party_id_{of}_party")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{name}_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("party_id", "person_id", name=op.f(f"uq_{name}_party_id_person_id")),
    )
    for column in ("holder_id", "party_id", "person_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _count(*columns: str) -> str:
    return " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in columns)


def _fill(*statements: str) -> None:
    for statement in statements:
        op.execute(statement)


def _count_on(*tables: str) -> None:
    """PostgreSQL counts its next ids by itself, and has not seen those that were put in."""
    if op.get_bind().dialect.name == "postgresql":
        for table in tables:
            op.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL)"
                f" FROM {table}"
            )


def _point(old: str, new: str) -> None:
    """Let answers and links point at the tables in the place of those before."""
    for table, columns in (("contribution", ("party", "addressee")), ("personal_link", ("addressee",))):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                key = f"{column}_id"
                batch_op.drop_constraint(op.f(f"fk_{table}_{key}_{old}_{column}"), type_="foreignkey")
                batch_op.create_foreign_key(
                    op.f(f"fk_{table}_{key}_{new}_{column}"), f"{new}_{column}", [key], ["id"]
                )


def _forget_other_asks() -> None:
    """Delete what no prompt can hold, the rows that point first."""
    asks = "SELECT id FROM ask WHERE cycle_id IS NULL OR template NOT IN ('cycle-cities', 'cycle-groups')"
    parties = f"SELECT id FROM ask_party WHERE ask_id IN ({asks}) OR (city_id IS NULL AND group_id IS NULL)"
    addressees = f"SELECT id FROM ask_addressee WHERE party_id IN ({parties})"
    answers = f"SELECT id FROM contribution WHERE party_id IN ({parties})"
    _fill(
        f"DELETE FROM personal_link WHERE addressee_id IN ({addressees})",
        f"DELETE FROM contribution_group WHERE contribution_id IN ({answers})",
        f"DELETE FROM contribution_version WHERE contribution_id IN ({answers})",
        f"DELETE FROM attachment WHERE contribution_id IN ({answers})",
        f"DELETE FROM contribution WHERE party_id IN ({parties})",
        f"DELETE FROM ask_addressee WHERE party_id IN ({parties})",
        f"DELETE FROM ask_party WHERE id IN ({parties})",
        f"DELETE FROM ask_question WHERE ask_id IN ({asks})",
        f"DELETE FROM ask_row WHERE ask_id IN ({asks})",
        f"DELETE FROM ask WHERE id IN ({asks})",
    )


def _write_answers_as_text() -> None:
    """What was answered otherwise than in words stays readable where answers are words alone."""
    connection = op.get_bind()
    for table in ("contribution", "contribution_version"):
        update = sa.text(f"UPDATE {table} SET answers = :answers WHERE id = :id")
        update = update.bindparams(sa.bindparam("answers", type_=sa.JSON()))
        for row_id, stored in connection.execute(sa.text(f"SELECT id, answers FROM {table}")).all():
            answers = json.loads(stored) if isinstance(stored, str) else stored
            if not all(isinstance(value, str) for value in answers.values()):
                words = {key: _words(value) for key, value in answers.items()}
                connection.execute(update, {"answers": words, "id": row_id})


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

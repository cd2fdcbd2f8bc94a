"""Turns of cities, projects with what they hand over, and organisations invited to events."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_AT = sqlmodel.sql.sqltypes.UTCDateTime()
_MARKINGS = "'TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'"
_LINKS = (
    ("project_partner", "project_id", "project", "organisation_id", "organisation"),
    ("project_theme", "project_id", "project", "theme_id", "theme"),
    ("project_product", "project_id", "project", "product_id", "product"),
    ("project_training", "project_id", "project", "training_id", "training_event"),
    ("training_organisation", "training_id", "training_event", "organisation_id", "organisation"),
)


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _exactly_one(first: str, second: str) -> str:
    cases = (f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in (first, second))
    return " + ".join(cases) + " = 1"


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    _create_rotation()
    _create_project()
    _create_deliverable()
    for table, first, to_first, second, to_second in _LINKS:
        op.create_table(
            table,
            sa.Column(first, sa.Integer(), nullable=False),
            sa.Column(second, sa.Integer(), nullable=False),
            _points(table, first, to_first),
            _points(table, second, to_second),
            sa.PrimaryKeyConstraint(first, second, name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_{second}"), table, [second])


def _create_rotation() -> None:
    op.create_table(
        "rotation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("in_kind", _TEXT, nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('annual report', 'annual conference', 'annual exercise')",
            name=op.f("ck_rotation_kind"),
        ),
        sa.CheckConstraint("state IN ('proposed', 'agreed', 'delivered')", name=op.f("ck_rotation_state")),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_rotation_cost")),
        sa.CheckConstraint("(cost IS NULL) = (currency = '')", name=op.f("ck_rotation_currency")),
        _points("rotation", "city_id", "city"),
        _points("rotation", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation")),
        sa.UniqueConstraint("year", "kind", name=op.f("uq_rotation_year_kind")),
    )
    for column in ("city_id", "decision_id"):
        op.create_index(op.f(f"ix_rotation_{column}"), "rotation", [column])


def _create_project() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("funder", _TEXT, nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("commission", _TEXT, nullable=False),
        sa.Column("lead_city_id", sa.Integer(), nullable=True),
        sa.Column("lead_organisation_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("marking", _TEXT, nullable=False),
        sa.Column("named_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("closed_at", _AT, nullable=True),
        sa.Column("outcome", _TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "source IN ('need', 'finding', 'commission', 'decision')", name=op.f("ck_project_source")
        ),
        sa.CheckConstraint(f"marking IN ({_MARKINGS})", name=op.f("ck_project_marking")),
        sa.CheckConstraint(
            _exactly_one("lead_city_id", "lead_organisation_id"), name=op.f("ck_project_one_lead")
        ),
        sa.CheckConstraint(
            "(source = 'need') = (need_id IS NOT NULL) AND (source = 'finding') = (lesson_id IS NOT NULL)"
            " AND (source = 'decision') = (decision_id IS NOT NULL)"
            " AND (source = 'commission') = (commission <> '')",
            name=op.f("ck_project_one_source"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_project_days")),
        _points("project", "need_id", "need"),
        _points("project", "lesson_id", "lesson"),
        _points("project", "decision_id", "decision"),
        _points("project", "lead_city_id", "city"),
        _points("project", "lead_organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    for column in ("need_id", "lesson_id", "decision_id", "lead_city_id", "lead_organisation_id"):
        op.create_index(op.f(f"ix_project_{column}"), "project", [column])


def _create_deliverable() -> None:
    op.create_table(
        "deliverable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_city_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", _AT, nullable=True),
        sa.Column("evidence", _TEXT, nullable=False),
        sa.Column("withdrawn_reason", _TEXT, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(_exactly_one("owner_id", "owner_city_id"), name=op.f("ck_deliverable_one_owner")),
        sa.CheckConstraint("(done_at IS NULL) = (evidence = '')", name=op.f("ck_deliverable_done")),
        _points("deliverable", "project_id", "project"),
        _points("deliverable", "owner_id", "person"),
        _points("deliverable", "owner_city_id", "city"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable")),
    )
    for column in ("project_id", "owner_id", "owner_city_id", "due_on"):
        op.create_index(op.f(f"ix_deliverable_{column}"), "deliverable", [column])


def downgrade() -> None:
    for table, *_columns in _LINKS:
        op.drop_table(table)
    for table in ("deliverable", "project", "rotation"):
        op.drop_table(table)
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.drop_column("ends_on")

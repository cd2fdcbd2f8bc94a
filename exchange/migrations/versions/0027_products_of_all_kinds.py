"""Products of any kind, of an event or of nothing, with credits, recommendations, links and files."""

from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_UTC = sqlmodel.sql.sqltypes.UTCDateTime()
_KINDS = "'exchange note', 'report', 'policy brief', 'post-exercise report', 'annual report', 'newsletter', 'video'"
_ROLES = "'lead author', 'co-author', 'contributor', 'independent reviewer'"
_ONE_NOTE, _ONE_REPORT = sa.text("kind = 'exchange note'"), sa.text("kind = 'post-exercise report'")
_LINKS = {"theme": "theme", "city": "city", "group": "expert_group"}


def upgrade() -> None:
    op.add_column("product", sa.Column("kind", _TEXT, nullable=False, server_default="exchange note"))
    op.add_column("product", sa.Column("training_id", sa.Integer(), nullable=True))
    op.add_column("product", sa.Column("year", sa.Integer(), nullable=True))
    _set_years()
    with op.batch_alter_table("product") as batch_op:
        batch_op.alter_column("cycle_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("kind", existing_type=_TEXT, existing_nullable=False, server_default=None)
        batch_op.drop_constraint(op.f("uq_product_cycle_id"), type_="unique")
        batch_op.create_foreign_key(
            op.f("fk_product_training_id_training_event"), "training_event", ["training_id"], ["id"]
        )
        batch_op.create_check_constraint(op.f("ck_product_kind"), f"kind IN ({_KINDS})")
        batch_op.create_check_constraint(
            op.f("ck_product_cycle_or_training"), "cycle_id IS NULL OR training_id IS NULL"
        )
    for column in ("cycle_id", "training_id", "published_at"):
        op.create_index(op.f(f"ix_product_{column}"), "product", [column])
    _unique("uq_product_note", "cycle_id", _ONE_NOTE)
    _unique("uq_product_exercise_report", "training_id", _ONE_REPORT)
    op.add_column("product_version", sa.Column("link", _TEXT, nullable=False, server_default=""))
    for name, table in _LINKS.items():
        _link_table(f"product_{name}", f"{name}_id", table)
    _credits_and_recommendations()
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.add_column(sa.Column("product_id", sa.Integer(), nullable=True))
        batch_op.alter_column("contribution_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key(
            op.f("fk_attachment_product_id_product"), "product", ["product_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_attachment_answer_or_product"), "(contribution_id IS NULL) <> (product_id IS NULL)"
        )
    op.create_index(op.f("ix_attachment_product_id"), "attachment", ["product_id"])
    # In words of its own, without a copy of the table: rows point at it (see 0009).
    op.execute(
        "ALTER TABLE letter ADD COLUMN product_id INTEGER"
        " CONSTRAINT fk_letter_product_id_product REFERENCES product (id)"
    )
    op.create_index(op.f("ix_letter_product_id"), "letter", ["product_id"])


def downgrade() -> None:
    """What is no exchange's note has no place in the tables of before, and goes with all that hangs on it."""
    op.drop_index(op.f("ix_letter_product_id"), "letter")
    op.execute("ALTER TABLE letter DROP COLUMN product_id")
    op.execute("DELETE FROM attachment WHERE product_id IS NOT NULL")
    op.drop_index(op.f("ix_attachment_product_id"), "attachment")
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.drop_constraint(op.f("ck_attachment_answer_or_product"), type_="check")
        batch_op.drop_constraint(op.f("fk_attachment_product_id_product"), type_="foreignkey")
        batch_op.drop_column("product_id")
        batch_op.alter_column("contribution_id", existing_type=sa.Integer(), nullable=False)
    for table in ("product_recommendation", "product_credit", *(f"product_{name}" for name in _LINKS)):
        op.drop_table(table)
    with op.batch_alter_table("product_version", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("link")
    _forget_all_but_notes()
    op.drop_index("uq_product_exercise_report", "product")
    op.drop_index("uq_product_note", "product")
    for column in ("published_at", "training_id", "cycle_id"):
        op.drop_index(op.f(f"ix_product_{column}"), "product")
    with op.batch_alter_table("product") as batch_op:
        batch_op.drop_constraint(op.f("ck_product_cycle_or_training"), type_="check")
        batch_op.drop_constraint(op.f("ck_product_kind"), type_="check")
        batch_op.drop_constraint(op.f("fk_product_training_id_training_event"), type_="foreignkey")
        for column in ("year", "training_id", "kind"):
            batch_op.drop_column(column)
        batch_op.alter_column("cycle_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_product_cycle_id"), ["cycle_id"])


def _set_years() -> None:
    """The year of each product: that of its publication, else of its beginning, on its lead city's wall."""
    connection = op.get_bind()
    product = sa.table(
        "product",
        *(sa.column("id"), sa.column("cycle_id"), sa.column("year")),
        *(sa.column("created_at", _UTC), sa.column("published_at", _UTC)),
    )
    cycle = sa.table("cycle", sa.column("id"), sa.column("lead_city_id"))
    city = sa.table("city", sa.column("id"), sa.column("time_zone"))
    begun = sa.func.coalesce(product.c.published_at, product.c.created_at, type_=_UTC)
    rows = connection.execute(
        sa.select(product.c.id, begun, city.c.time_zone)
        .join(cycle, cycle.c.id == product.c.cycle_id)
        .join(city, city.c.id == cycle.c.lead_city_id)
    ).all()
    for row_id, instant, zone in rows:
        year = instant.astimezone(ZoneInfo(zone)).year
        connection.execute(sa.update(product).where(product.c.id == row_id).values(year=year))


def _unique(name: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, "product", [column], unique=True, sqlite_where=where, postgresql_where=where)


def _link_table(name: str, column: str, table: str) -> None:
    op.create_table(
        name,
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f(f"fk_{name}_product_id_product")),
        sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}_{table}")),
        sa.PrimaryKeyConstraint("product_id", column, name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _credits_and_recommendations() -> None:
    op.create_table(
        "product_credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", _TEXT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("organisation", _TEXT, nullable=False),
        sa.Column("interests", _TEXT, nullable=False),
        sa.CheckConstraint("person_id IS NOT NULL OR name <> ''", name=op.f("ck_product_credit_somebody")),
        sa.CheckConstraint(f"role IN ({_ROLES})", name=op.f("ck_product_credit_role")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_product_credit_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_credit_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_credit")),
        sa.UniqueConstraint("product_id", "position", name=op.f("uq_product_credit_product_id_position")),
    )
    op.create_index(op.f("ix_product_credit_person_id"), "product_credit", ["person_id"])
    op.create_table(
        "product_recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("phase", _TEXT, nullable=False),
        sa.CheckConstraint(
            "phase IN ('', 'prepare', 'respond', 'recover')", name=op.f("ck_product_recommendation_phase")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_recommendation_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_product_recommendation_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_recommendation")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_product_recommendation_product_id_number")),
    )
    op.create_index(op.f("ix_product_recommendation_theme_id"), "product_recommendation", ["theme_id"])


def _forget_all_but_notes() -> None:
    others = "SELECT id FROM product WHERE kind <> 'exchange note' OR cycle_id IS NULL"
    reviewers = f"SELECT id FROM product_reviewer WHERE product_id IN ({others})"
    for table in ("review_comment", "personal_link"):
        op.execute(f"DELETE FROM {table} WHERE reviewer_id IN ({reviewers})")
    for table in ("product_reviewer", "product_version"):
        op.execute(f"DELETE FROM {table} WHERE product_id IN ({others})")
    op.execute(f"DELETE FROM product WHERE id IN ({others})")

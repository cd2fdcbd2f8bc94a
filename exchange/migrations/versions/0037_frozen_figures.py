"""Figures of a year, as they were frozen into a report."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.create_table(
        "frozen_figures",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("language", _TEXT, nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_frozen_figures_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_frozen_figures_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_frozen_figures")),
    )
    op.create_index(op.f("ix_frozen_figures_made_by_id"), "frozen_figures", ["made_by_id"])


def downgrade() -> None:
    op.drop_table("frozen_figures")

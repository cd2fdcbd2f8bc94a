"""How training events are prepared: profiles chosen, milestones decided about, planning teams, objectives."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.create_table(
        "preparation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("profile", _TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training_event.id"], name=op.f("fk_preparation_training_id_training_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation")),
        sa.UniqueConstraint("training_id", name=op.f("uq_preparation_training_id")),
    )
    op.create_table(
        "preparation_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("preparation_id", sa.Integer(), nullable=False),
        sa.Column("milestone", _TEXT, nullable=False),
        sa.Column("moved_days", sa.Integer(), nullable=True),
        sa.Column("moved_reason", _TEXT, nullable=False),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.Column("evidence", _TEXT, nullable=False),
        sa.Column("waived_reason", _TEXT, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_preparation_step_owner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["preparation_id"],
            ["preparation.id"],
            name=op.f("fk_preparation_step_preparation_id_preparation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_step")),
        sa.UniqueConstraint(
            "preparation_id", "milestone", name=op.f("uq_preparation_step_preparation_id_milestone")
        ),
    )
    op.create_index(op.f("ix_preparation_step_owner_id"), "preparation_step", ["owner_id"])
    op.create_table(
        "preparation_member",
        sa.Column("preparation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_preparation_member_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["preparation_id"],
            ["preparation.id"],
            name=op.f("fk_preparation_member_preparation_id_preparation"),
        ),
        sa.PrimaryKeyConstraint("preparation_id", "person_id", name=op.f("pk_preparation_member")),
    )
    op.create_index(op.f("ix_preparation_member_person_id"), "preparation_member", ["person_id"])
    op.create_table(
        "training_objective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("preparation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("rating", _TEXT, nullable=False),
        sa.CheckConstraint("rating IN ('', 'P', 'S', 'M', 'U')", name=op.f("ck_training_objective_rating")),
        sa.ForeignKeyConstraint(
            ["preparation_id"],
            ["preparation.id"],
            name=op.f("fk_training_objective_preparation_id_preparation"),
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_training_objective_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_objective")),
        sa.UniqueConstraint(
            "preparation_id", "position", name=op.f("uq_training_objective_preparation_id_position")
        ),
    )
    op.create_index(op.f("ix_training_objective_theme_id"), "training_objective", ["theme_id"])


def downgrade() -> None:
    op.drop_table("training_objective")
    op.drop_table("preparation_member")
    op.drop_table("preparation_step")
    op.drop_table("preparation")

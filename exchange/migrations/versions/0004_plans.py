"""Plans: requests to the planner with their problem, progress and plan, and the entries taken from them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("seconds_most", sa.Integer(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("best", sa.Integer(), nullable=True),
        sa.Column("bound", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("beat_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("stop_asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'stopped', 'done', 'failed', 'taken')",
            name=op.f("ck_plan_request_state"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_plan_request_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["plan_request.id"], name=op.f("fk_plan_request_parent_id_plan_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_request")),
    )
    with op.batch_alter_table("plan_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_request_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_request_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_plan_request_state_beat_at", ["state", "beat_at"], unique=False)

    op.create_table(
        "plan_entry",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_plan_entry_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan_request.id"], name=op.f("fk_plan_entry_plan_id_plan_request")
        ),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training_event.id"], name=op.f("fk_plan_entry_training_id_training_event")
        ),
        sa.PrimaryKeyConstraint("plan_id", "name", name=op.f("pk_plan_entry")),
    )
    with op.batch_alter_table("plan_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_entry_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_entry_training_id"), ["training_id"], unique=False)


def downgrade() -> None:
    op.drop_table("plan_entry")
    op.drop_table("plan_request")

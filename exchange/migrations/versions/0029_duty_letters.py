"""Letters about what people owe: the last morning of each clock. What duties are looked for by gets indexes."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0029"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_morning",
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("time_zone", name=op.f("pk_duty_morning")),
    )
    op.create_index(op.f("ix_training_event_on_local"), "training_event", ["on_local"])
    op.create_index(op.f("ix_stage_ends_on"), "stage", ["ends_on"])


def downgrade() -> None:
    op.drop_index(op.f("ix_stage_ends_on"), table_name="stage")
    op.drop_index(op.f("ix_training_event_on_local"), table_name="training_event")
    op.drop_table("duty_morning")

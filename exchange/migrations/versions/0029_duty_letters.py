"""Letters about what people owe, hours of planning meetings, whom to turn to at an event, and its links."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.create_table(
        "duty_morning",
        sa.Column("time_zone", _TEXT, nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("time_zone", name=op.f("pk_duty_morning")),
    )
    with op.batch_alter_table("preparation") as batch_op:
        batch_op.add_column(sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    with op.batch_alter_table("preparation_step") as batch_op:
        batch_op.add_column(sa.Column("starts_local", sa.Time(), nullable=True))
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("place", _TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("join_link", _TEXT, nullable=False, server_default=""))
    with op.batch_alter_table("preparation_step") as batch_op:
        for column in ("minutes", "place", "join_link"):
            batch_op.alter_column(column, server_default=None)
    for table in ("training_event", "city"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("welfare", _TEXT, nullable=False, server_default=""))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("welfare", server_default=None)
    op.create_table(
        "training_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", _TEXT, nullable=False),
        sa.Column("url", _TEXT, nullable=False),
        sa.Column("marking", _TEXT, nullable=False),
        sa.CheckConstraint(
            "marking IN ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')",
            name=op.f("ck_training_link_marking"),
        ),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training_event.id"], name=op.f("fk_training_link_training_id_training_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_link")),
        sa.UniqueConstraint("training_id", "position", name=op.f("uq_training_link_training_id_position")),
    )
    op.create_index(op.f("ix_training_event_on_local"), "training_event", ["on_local"])
    op.create_index(op.f("ix_stage_ends_on"), "stage", ["ends_on"])


def downgrade() -> None:
    op.drop_index(op.f("ix_stage_ends_on"), table_name="stage")
    op.drop_index(op.f("ix_training_event_on_local"), table_name="training_event")
    op.drop_table("training_link")
    for table in ("city", "training_event"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("welfare")
    with op.batch_alter_table("preparation_step") as batch_op:
        for column in ("join_link", "place", "minutes", "starts_local"):
            batch_op.drop_column(column)
    with op.batch_alter_table("preparation") as batch_op:
        batch_op.drop_column("changed_at")
    op.drop_table("duty_morning")

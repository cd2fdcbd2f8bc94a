"""Organisations in place of partners, and the one that a person belongs to."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KINDS = "'', 'authority', 'police', 'fire', 'health', 'academic', 'private', 'third sector', 'international'"


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_organisation_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("key", name=op.f("uq_organisation_key")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    # What partners were called was free text: it is the note, and the kind is chosen by who knows it.
    op.execute(
        "INSERT INTO organisation (key, name, kind, note) SELECT key, name, '', kind FROM partner ORDER BY id"
    )
    op.drop_table("partner")
    # In words of its own, without a copy of the table: rows point at it (see 0009).
    op.execute(
        "ALTER TABLE person ADD COLUMN organisation_id INTEGER"
        " CONSTRAINT fk_person_organisation_id_organisation REFERENCES organisation (id)"
    )
    op.create_index(op.f("ix_person_organisation_id"), "person", ["organisation_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_person_organisation_id"), "person")
    op.execute("ALTER TABLE person DROP COLUMN organisation_id")
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("key", name=op.f("uq_partner_key")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
    )
    op.execute("INSERT INTO partner (key, name, kind) SELECT key, name, note FROM organisation ORDER BY id")
    op.drop_table("organisation")

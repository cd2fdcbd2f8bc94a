"""Sign-in at an identity provider: what is on its way, and whose account is whose."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_AT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "provider_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_digest", _TEXT(), nullable=False),
        sa.Column("leads_to", _TEXT(), nullable=False),
        sa.Column("expires_at", _AT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_attempt")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_provider_attempt_state_digest")),
    )
    op.create_table(
        "provider_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", _TEXT(), nullable=False),
        sa.Column("subject", _TEXT(), nullable=False),
        sa.Column("created_at", _AT(), nullable=False),
        sa.Column("last_used_at", _AT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_provider_account_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_account")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_account_issuer_subject")),
        sa.UniqueConstraint("person_id", "issuer", name=op.f("uq_provider_account_person_id_issuer")),
    )
    with op.batch_alter_table("provider_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_account_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("provider_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_account_person_id"))
    op.drop_table("provider_account")
    op.drop_table("provider_attempt")

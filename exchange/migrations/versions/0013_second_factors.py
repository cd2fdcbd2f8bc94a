"""Second factors, asked sign-in links, and when sessions were last seen and proved."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_AT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    _add_tables()
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirms_session_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_sign_in_link_confirms_session_id_web_session"),
            "web_session",
            ["confirms_session_id"],
            ["id"],
            ondelete="CASCADE",
        )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_seen_at", _AT(), nullable=True))
        batch_op.add_column(
            sa.Column("awaits_factor", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("factor_due_at", _AT(), nullable=True))
        batch_op.add_column(sa.Column("proved_at", _AT(), nullable=True))
        batch_op.add_column(sa.Column("challenge", _TEXT(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("challenge_ends_at", _AT(), nullable=True))
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.alter_column("awaits_factor", existing_type=sa.Boolean(), server_default=None)
        batch_op.alter_column("challenge", existing_type=_TEXT(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_sign_in_link_confirms_session_id_web_session"), type_="foreignkey")
        batch_op.drop_column("confirms_session_id")
    # A session without its second factor would let its person in there.
    op.execute("DELETE FROM web_session WHERE awaits_factor")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        for name in (
            "challenge_ends_at",
            "challenge",
            "proved_at",
            "factor_due_at",
            "awaits_factor",
            "last_seen_at",
        ):
            batch_op.drop_column(name)
    for table in ("recovery_code", "passkey"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_person_id"))
        op.drop_table(table)
    op.drop_table("second_factor")
    op.drop_table("sign_in_request")


def _add_tables() -> None:
    op.create_table(
        "sign_in_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", _TEXT(), nullable=False),
        sa.Column("leads_to", _TEXT(), nullable=False),
        sa.Column("asked_at", _AT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_request")),
    )
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_since", _AT(), nullable=True),
        sa.Column("totp_sealed", _TEXT(), nullable=False),
        sa.Column("totp_since", _AT(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", _TEXT(), nullable=False),
        sa.Column("credential_id", _TEXT(), nullable=False),
        sa.Column("public_key", _TEXT(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _AT(), nullable=False),
        sa.Column("last_used_at", _AT(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_digest", _TEXT(), nullable=False),
        sa.Column("used_at", _AT(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_recovery_code_code_digest")),
    )
    for table in ("passkey", "recovery_code"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_person_id"), ["person_id"], unique=False)

"""Roles for finance contacts, auditors and partners' liaisons."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEFORE = "'coordinator', 'city lead', 'city contact', 'expert'"
_ADDED = "'finance contact', 'auditor', 'partner''s liaison'"


def upgrade() -> None:
    _allow(f"{_BEFORE}, {_ADDED}")


def downgrade() -> None:
    op.execute(f"DELETE FROM person_role WHERE role IN ({_ADDED})")
    _allow(_BEFORE)


def _allow(words: str) -> None:
    with op.batch_alter_table("person_role", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_person_role_role"), type_="check")
        batch_op.create_check_constraint(op.f("ck_person_role_role"), f"role IN ({words})")

"""What people ask for by public forms."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_AT = sqlmodel.sql.sqltypes.UTCDateTime()
_KINDS = "'accessible format', 'exercise report', 'join', 'my data', 'fault'"
_STATES = "'unconfirmed', 'open', 'done', 'refused', 'withdrawn'"


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    _create_requests()
    op.create_table(
        "request_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("deed", _TEXT, nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        _points("request_event", "request_id", "network_request"),
        _points("request_event", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_event")),
    )
    op.create_index(op.f("ix_request_event_request_id"), "request_event", ["request_id"])


def _create_requests() -> None:
    table = "network_request"
    texts = ("name", "email", "language", "document", "wanted_format", "technology", "words")
    people = ("person_id", "assigned_to_id", "decided_by_id")
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(one, _TEXT, nullable=False) for one in ("kind", "state", *texts)),
        *(sa.Column(one, sa.Integer(), nullable=True) for one in (*people, "product_id")),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        *(sa.Column(one, sa.Date(), nullable=False) for one in ("asked_on", "due_on", "remind_on")),
        sa.Column("token_digest", _TEXT, nullable=False),
        sa.Column("release_digest", _TEXT, nullable=True),
        *(sa.Column(one, _TEXT, nullable=False) for one in ("outcome", "released_marking")),
        sa.Column("released_number", sa.Integer(), nullable=True),
        *(
            sa.Column(one, _AT, nullable=True)
            for one in ("confirmed_at", "decided_at", "released_until", "revoked_at")
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f(f"ck_{table}_state")),
        *(_points(table, one, "person") for one in people),
        _points(table, "product_id", "product"),
        _points(table, "city_id", "city"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.UniqueConstraint(one, name=op.f(f"uq_{table}_{one}"))
            for one in ("token_digest", "release_digest")
        ),
    )
    for column in ("state", "email", "person_id", "product_id", "made_at", "due_on"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    op.drop_table("request_event")
    op.drop_table("network_request")

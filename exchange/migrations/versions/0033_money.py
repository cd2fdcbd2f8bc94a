"""Agreements with their cities and payers, lines of money, rates, and what became of a year's balance."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_AT = sqlmodel.sql.sqltypes.UTCDateTime()
_CURRENCIES = "'GBP', 'SEK', 'USD'"
_KINDS = "'budget', 'commitment', 'actual', 'invoice', 'receipt', 'in kind'"


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    _create_agreements()
    _create_parties()
    _create_lines()
    _create_rates()
    _create_year_ends()


def _create_agreements() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("host_organisation_id", sa.Integer(), nullable=False),
        sa.Column("host_city_id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("notice_months", sa.Integer(), nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("in_whole_units", sa.Boolean(), nullable=False),
        sa.Column("link", _TEXT, nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_at", _AT, nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _check("agreement", "days", "ends_on >= starts_on"),
        _check("agreement", "notice_months", "notice_months BETWEEN 0 AND 60"),
        _check("agreement", "currency", f"currency IN ({_CURRENCIES})"),
        _points("agreement", "host_organisation_id", "organisation"),
        _points("agreement", "host_city_id", "city"),
        _points("agreement", "board_id", "board"),
        _points("agreement", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    _indexes("agreement", "host_organisation_id", "host_city_id", "board_id", "decision_id", "starts_on")


def _create_parties() -> None:
    op.create_table(
        "agreement_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("year_begins", sa.Integer(), nullable=False),
        _check("agreement_party", "share", "share > 0 AND share <= 1000000"),
        _check("agreement_party", "year_begins", "year_begins BETWEEN 1 AND 12"),
        _points("agreement_party", "agreement_id", "agreement"),
        _points("agreement_party", "city_id", "city"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_party")),
        sa.UniqueConstraint("agreement_id", "city_id", name=op.f("uq_agreement_party_agreement_id_city_id")),
        sa.UniqueConstraint(
            "agreement_id", "position", name=op.f("uq_agreement_party_agreement_id_position")
        ),
    )
    _indexes("agreement_party", "city_id")
    op.create_table(
        "agreement_payer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        _check("agreement_payer", "share", "share > 0 AND share <= 1000000"),
        _check("agreement_payer", "days", "ends_on >= starts_on"),
        _points("agreement_payer", "party_id", "agreement_party"),
        _points("agreement_payer", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_payer")),
        sa.UniqueConstraint("party_id", "position", name=op.f("uq_agreement_payer_party_id_position")),
    )
    _indexes("agreement_payer", "organisation_id")


def _create_lines() -> None:
    op.create_table(
        "money_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("on_local", sa.Date(), nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("rate", _TEXT, nullable=False),
        sa.Column("rate_on", sa.Date(), nullable=True),
        sa.Column("rate_source", _TEXT, nullable=False),
        sa.Column("host_amount", sa.BigInteger(), nullable=False),
        sa.Column("host_currency", _TEXT, nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("taken_back_at", _AT, nullable=True),
        sa.Column("taken_back_why", _TEXT, nullable=False),
        _check("money_line", "kind", f"kind IN ({_KINDS})"),
        _check("money_line", "currency", f"currency IN ({_CURRENCIES})"),
        _check("money_line", "host_currency", f"host_currency IN ({_CURRENCIES})"),
        _check("money_line", "amounts", "amount >= 0 AND host_amount >= 0"),
        _check("money_line", "rate_with_its_day", "(rate = '') = (rate_on IS NULL)"),
        _points("money_line", "city_id", "city"),
        _points("money_line", "organisation_id", "organisation"),
        _points("money_line", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_line")),
    )
    _indexes("money_line", "on_local", "city_id", "organisation_id", "decision_id")


def _create_rates() -> None:
    op.create_table(
        "currency_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("host_currency", _TEXT, nullable=False),
        sa.Column("on_local", sa.Date(), nullable=False),
        sa.Column("rate", _TEXT, nullable=False),
        sa.Column("source", _TEXT, nullable=False),
        _check("currency_rate", "currency", f"currency IN ({_CURRENCIES})"),
        _check("currency_rate", "host_currency", f"host_currency IN ({_CURRENCIES})"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_currency_rate")),
        sa.UniqueConstraint(
            "currency",
            "host_currency",
            "on_local",
            name=op.f("uq_currency_rate_currency_host_currency_on_local"),
        ),
    )


def _create_year_ends() -> None:
    op.create_table(
        "year_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("outcome", _TEXT, nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        _check("year_end", "outcome", "outcome IN ('carried forward', 'credited to payers')"),
        _points("year_end", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_end")),
        sa.UniqueConstraint("ends_on", name=op.f("uq_year_end_ends_on")),
    )
    _indexes("year_end", "decision_id")


def downgrade() -> None:
    for table in (
        "year_end",
        "currency_rate",
        "money_line",
        "agreement_payer",
        "agreement_party",
        "agreement",
    ):
        op.drop_table(table)

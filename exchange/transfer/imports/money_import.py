"""Money as tables: the import of lines, every row a line or a reason why not, and a statement as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlmodel import Session

from exchange import audit
from exchange.errors import ExchangeError, InvalidInput
from exchange.money.actions import Decider
from exchange.money.drafts import LineDraft
from exchange.money.line_actions import add_line
from exchange.money.line_forms import hours_of
from exchange.money.queries import offered
from exchange.money.statements import Statement
from exchange.rules.money.amounts import Currency, amount_of, plain_amount
from exchange.rules.money.balances import LineKind
from exchange.rules.plain_text import is_one_line
from exchange.rules.sentences import Sentence
from exchange.rules.time.typed_times import typed_date
from exchange.transfer.actions import Fate, Outcome
from exchange.transfer.csv_file import ReadRow, Table
from exchange.transfer.programme_columns import Column
from exchange.web.presentation.base_form import LINE_MAX

MONEY_COLUMNS = (
    Column("kind", _("budget, commitment, actual, invoice, receipt or in kind"), is_needed=True),
    Column("date", _("2026-11-30; in a year of an agreement"), is_needed=True),
    Column("text", _("What it is for"), is_needed=True),
    Column("amount", _("37875.00, never negative; in kind it may stay empty beside hours")),
    Column("currency", _("GBP, SEK or USD"), is_needed=True),
    Column("hours", _("Of work in kind, like 7.5")),
    Column("city", _("Name of a city of the agreement; always of an invoice and a receipt")),
    Column("payer", _("Name of an organisation that pays for it")),
)
MONEY_NAMES = tuple(column.name for column in MONEY_COLUMNS)
STATEMENT_NAMES = (
    *("line", "date", "text", "amount", "currency", "rate", "rate_on", "rate_source"),
    "in_host_currency",
)
_EXAMPLE = ("receipt", "2026-11-30", "Second half of the year", "9468.75", "GBP", "", "London", "")
ROWS_MAX = 500  # the lines of a year; each row is checked like a form
_COLUMN_OF = {"on": "date"}  # fields of the form


@dataclass(frozen=True)
class MoneyImport:
    """The rows of a file, and who imports them."""

    rows: Sequence[ReadRow]
    by: Decider


def import_money(session: Session, wanted: MoneyImport) -> list[Fate]:
    """Lines of all rows that can be, and the fate of each row. Raises InvalidInput for too many rows.

    A faulty row leaves nothing behind; whether the others are kept is for who commits.
    """
    if not wanted.rows:
        raise InvalidInput("There is no row in this file.", field="file")
    if len(wanted.rows) > ROWS_MAX:
        raise InvalidInput(
            "There are %(count)s rows in this file; at most %(most)s can be imported at once.",
            field="file",
            count=len(wanted.rows),
            most=ROWS_MAX,
        )
    audit.wait_for_turn(session)
    found = offered(session)
    cities = {name.lower(): id_ for id_, name in found.cities}
    organisations = {name.lower(): id_ for id_, name in found.organisations}
    return [_fate(session, row, wanted.by, cities, organisations) for row in wanted.rows]


def _fate(
    session: Session, row: ReadRow, by: Decider, cities: Mapping[str, int], organisations: Mapping[str, int]
) -> Fate:
    title = row.cells.get("text", "")[:200]
    try:
        add_line(session, line_draft(row, cities, organisations), by=by)
    except ExchangeError as error:
        field = (error.field if isinstance(error, InvalidInput) else None) or ""
        sentence = Sentence(error.template, dict(error.values))  # type: ignore[arg-type]  # sentences of rules: text, numbers and dates
        return Fate(row.line, title, Outcome.FAULT, _COLUMN_OF.get(field, field), (sentence,))
    return Fate(row.line, title, Outcome.NEW_LINE)


def line_draft(row: ReadRow, cities: Mapping[str, int], organisations: Mapping[str, int]) -> LineDraft:
    """The draft. Raises InvalidInput, its field a column, for what cannot be read.

    ``cities`` and ``organisations`` are ids by name in lower case.
    """
    cells = {name: _cell(row, name) for name in MONEY_NAMES}
    return LineDraft(
        kind=LineKind(_word(cells["kind"].lower(), "kind", [one.value for one in LineKind])),
        on=_day(cells["date"]),
        text=cells["text"],
        amount=amount_of(cells["amount"]) if cells["amount"] else 0,
        currency=Currency(_word(cells["currency"].upper(), "currency", [one.value for one in Currency])),
        hours=hours_of(cells["hours"]),
        city_id=_named(cells["city"], cities, "city"),
        organisation_id=_named(cells["payer"], organisations, "payer"),
    )


def money_template() -> Table:
    """The header row with an example."""
    return Table(MONEY_NAMES, [_EXAMPLE])


def table_of_statement(found: Statement) -> Table:
    """The statement as a table: its sums first, then its lines."""
    last = found.year.last_on.isoformat()
    sums = (
        ("budget of all", found.budget),
        ("share of the city", found.due_of_city),
        ("due", found.due),
        ("invoiced", found.invoiced),
        ("received", found.received),
        ("credited", found.credited),
        ("in kind", found.in_kind),
        ("open", found.open),
    )
    about = f"{found.payer or found.city}, {found.year.name}"
    rows = [
        (word, last, about, plain_amount(amount), found.currency, "", "", "", plain_amount(amount))
        for word, amount in sums
    ]
    rows += [
        (
            one.kind.value,
            one.on.isoformat(),
            one.text,
            plain_amount(one.amount),
            one.currency,
            one.rate,
            one.rate_on.isoformat() if one.rate_on else "",
            one.rate_source,
            plain_amount(one.host_amount),
        )
        for one in found.lines
    ]
    return Table(STATEMENT_NAMES, rows)


def _cell(row: ReadRow, name: str) -> str:
    text = row.cells.get(name, "").strip()
    if len(text) > LINE_MAX:
        raise InvalidInput("At most %(most)s characters fit.", field=name, most=LINE_MAX)
    if not is_one_line(text):
        raise InvalidInput("Take out line breaks and other control characters.", field=name)
    return text


def _day(text: str) -> date:
    try:
        return typed_date(text)
    except InvalidInput as error:
        raise InvalidInput(error.template, field="date", **error.values) from error


def _word(text: str, name: str, words: list[str]) -> str:
    if text not in words:
        raise InvalidInput("Write one of these: %(words)s.", field=name, words=", ".join(words))
    return text


def _named(text: str, known: Mapping[str, int], name: str) -> int | None:
    if text and text.lower() not in known:
        raise InvalidInput("%(name)s is not known here.", field=name, name=text)
    return known.get(text.lower())

"""The import of lines of money: every row a line, or a reason why not, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from exchange import audit
from exchange.errors import ExchangeError, InvalidInput
from exchange.money.actions import Decider
from exchange.money.line_actions import add_line
from exchange.money.queries import offered
from exchange.rules.sentences import Sentence
from exchange.transfer.actions import Fate, Outcome
from exchange.transfer.csv_file import ReadRow
from exchange.transfer.money_rows import line_draft

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

"""Dates of a table in the order in which its spreadsheet wrote them, as one program wrote them all.

A British spreadsheet makes 11/03/2027 of 2027-03-11 and an American one 3/11/2027. Which it was, a date
tells whose day is beyond 12, an exchange that begins on a Monday, or the column that no spreadsheet changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from exchange.errors import InvalidInput
from exchange.rules.time.typed_times import DateOrder, date_order, typed_date
from exchange.transfer.csv_file import ReadRow

DATES = ("date", "session_on")
WEEK = "iso_day"  # 2027-W10-4


def in_one_order(rows: Sequence[ReadRow]) -> list[ReadRow]:
    """The rows with their dates like 2027-03-11; what cannot be read, or in two ways, stays as it is."""
    written = [row.cells.get(name, "") for row in rows for name in DATES]
    orders = {date_order(written), *_told(rows)} - {None}
    order = orders.pop() if len(orders) == 1 else None
    return [replace(row, cells=row.cells | dict(_dates(row, order))) for row in rows]


def iso_day(on: date) -> str:
    """The cell of the column that tells the order."""
    year, week, day = on.isocalendar()
    return f"{year}-W{week:02}-{day}"


def _told(rows: Iterable[ReadRow]) -> Iterator[DateOrder]:
    for row in rows:
        both = {order: _read(row.cells.get("date", ""), order) for order in DateOrder}
        if both[DateOrder.DAY] == both[DateOrder.MONTH]:
            continue
        for order, on in both.items():
            is_start = row.cells.get("kind", "").lower() == "cycle" and on is not None and on.weekday() == 0
            other = both[DateOrder.MONTH if order is DateOrder.DAY else DateOrder.DAY]
            is_told = on is not None and row.cells.get(WEEK) == iso_day(on)
            if is_told or (is_start and other is not None and other.weekday() != 0):
                yield order


def _dates(row: ReadRow, order: DateOrder | None) -> Iterator[tuple[str, str]]:
    for name in DATES:
        on = _read(row.cells.get(name, ""), order)
        if on is not None:
            yield name, on.isoformat()


def _read(text: str, order: DateOrder | None) -> date | None:
    try:
        return typed_date(text, order) if text else None
    except InvalidInput:
        return None

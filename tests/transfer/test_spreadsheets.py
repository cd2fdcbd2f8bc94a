"""An export that was opened and saved in a spreadsheet of any country comes back whole."""

import csv
import io
from collections.abc import Callable
from datetime import date, time

import pytest
from flask.testing import FlaskClient

from exchange.rules.time.typed_times import exact_date, exact_time
from exchange.transfer.csv_file import ReadRow, decoded, read_csv
from exchange.transfer.date_columns import in_one_order
from exchange.transfer.programme_columns import NAMES
from tests.transfer.test_imports import look

Cell = Callable[[str], str]


def rewritten(cell: str, on: Callable[[date], str], at: Callable[[time], str]) -> str:
    """What a spreadsheet makes of a cell that it takes for a date or a time."""
    try:
        return on(exact_date(cell)) if len(cell) == 10 and cell[4] == "-" else at(exact_time(cell))
    except ValueError:
        return cell


def british(cell: str) -> str:
    return rewritten(cell, lambda on: f"{on:%d/%m/%Y}", lambda at: f"{at:%H:%M}")


def american(cell: str) -> str:
    return rewritten(
        cell,
        lambda on: f"{on.month}/{on.day}/{on.year}",
        lambda at: f"{at:%I:%M:%S %p}".removeprefix("0"),
    )


def swedish(cell: str) -> str:
    return rewritten(cell, lambda on: f"{on:%Y-%m-%d 00:00:00}", lambda at: f"{at.hour}:{at:%M:%S}")


SAVED: dict[str, tuple[Cell, str, str]] = {
    "British, UTF-8": (british, ",", "utf-8-sig"),
    "American, ANSI": (american, ",", "windows-1252"),
    "Swedish, ANSI": (swedish, ";", "windows-1252"),
    "British, Unicode text": (british, "\t", "utf-16"),
}


def saved(content: bytes, cell: Cell, separator: str, encoding: str) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow([*rows[0], "", ""])
    writer.writerows([[*(cell(one) for one in row), "", ""] for row in rows[1:]])
    writer.writerow([""] * (len(rows[0]) + 2))
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("how", SAVED)
def test_an_export_comes_back_whole_from_a_spreadsheet(coordinator: FlaskClient, how: str) -> None:
    exported = coordinator.get("/export/programme.csv").data.replace(b"@exchange", b"@elsewhere")
    back = saved(exported, *SAVED[how])
    as_it_was = look(coordinator, exported, reason="As it stood")[1]
    assert "5 drafts would be made" in as_it_was
    assert look(coordinator, back, reason="As it stood")[1] == as_it_was


def row(**cells: str) -> ReadRow:
    return ReadRow(2, {"kind": "training", **cells})


def dates(*rows: ReadRow) -> list[str]:
    return [one.cells["date"] for one in in_one_order(rows)]


def test_one_date_beyond_doubt_tells_the_order_of_all() -> None:
    assert dates(row(date="11/03/2027"), row(date="25/03/2027")) == ["2027-03-11", "2027-03-25"]
    assert dates(row(date="3/11/2027"), row(date="3/25/2027")) == ["2027-03-11", "2027-03-25"]
    assert dates(row(date="3/11/2027"), row(date="1/1/2027", session_on="4/25/2027"))[0] == "2027-03-11"


def test_an_exchange_begins_on_a_monday_and_the_column_that_nothing_changes_tells_too() -> None:
    assert dates(row(kind="cycle", date="04/10/2027")) == ["2027-10-04"]  # 10 April is a Saturday
    assert dates(row(kind="cycle", date="10/4/2027")) == ["2027-10-04"]
    assert dates(row(date="3/11/2027", iso_day="2027-W10-4")) == ["2027-03-11"]


def test_where_nothing_tells_or_all_disagree_a_date_stays_as_it_is() -> None:
    assert dates(row(date="11/03/2027")) == ["11/03/2027"]
    doubtful = [row(date="11/03/2027"), row(date="25/03/2027"), row(date="3/25/2027")]
    assert dates(*doubtful) == ["11/03/2027", "2027-03-25", "2027-03-25"]


def test_a_line_that_names_the_separator_is_for_excel() -> None:
    content = b'sep=,\r\nkind,title,date\r\ntraining,"a, b",2027-03-11\r\n'
    (found,) = read_csv(decoded(content), NAMES)
    assert (found.line, found.cells["title"]) == (3, "a, b")

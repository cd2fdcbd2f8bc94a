"""CSV files, written so that no spreadsheet runs what is in them, and read as spreadsheets write them.

Of tables only: what their columns mean, export_tables.py and programme_columns.py say.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from exchange.calendar_reading.content_lines import plain_octets
from exchange.errors import InvalidInput
from exchange.rules.sentences import Sentence

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what spreadsheets calculate
_FORMULA_SIGNS = frozenset(STARTS_FORMULA)
SEPARATORS = (";", ",", "\t")
LINES_AT_ONCE = 500  # of a table that is written, some ten kilobytes
NO_TEXT = Sentence("This is no text. Save the table as CSV, not as a workbook; a calendar as .ics.")
_SEPARATOR_LINE = re.compile(r'"?sep=."?[;,\t]*(?:\r\n|\n|\r)', re.IGNORECASE)
CELL_MAX = 10_000  # characters; more is no cell of ours


@dataclass(frozen=True)
class Table:
    """A list as it leaves: names of columns, and rows of text, which may come as they are read."""

    columns: Sequence[str]
    rows: Iterable[Sequence[str]]


@dataclass(frozen=True)
class ReadRow:
    """A row of a file: the line it begins on, and its cells by the name of their column, in lower case."""

    line: int
    cells: dict[str, str]


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets need to read names right, and CRLF (RFC 4180).

    Every cell is quoted, and one that a spreadsheet would take for a formula begins with an apostrophe.
    """
    return b"".join(csv_pieces(table))


def csv_pieces(table: Table) -> Iterator[bytes]:
    """The same some hundred lines at a time, for a table that is too long to be held whole."""
    rows = iter(table.rows)
    yield _written([table.columns]).encode("utf-8-sig")
    while some := list(islice(rows, LINES_AT_ONCE)):
        yield _written([harmless(cell) for cell in row] for row in some).encode()


def _written(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def harmless(cell: str) -> str:
    """The cell as text, whatever it holds."""
    return f"'{cell}" if cell[:1] in _FORMULA_SIGNS else cell


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 with any marks, else Windows-1252 as older spreadsheets write it.

    Raises InvalidInput, field "file", for what is no text.
    """
    octets = plain_octets(content)
    if b"\x00" in octets:
        raise InvalidInput(NO_TEXT.template, field="file")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("windows-1252", errors="replace")


def read_csv(text: str, known: Iterable[str]) -> list[ReadRow]:
    """The rows below the header row, empty ones left out. Raises InvalidInput, field "file".

    ``known`` are the names of columns; at least one must stand in the header row, which also tells the
    separator: semicolon, comma or tab. A line before it that names the separator is for Excel alone.
    """
    named = _SEPARATOR_LINE.match(text)
    before, text = (1, text[named.end() :]) if named else (0, text)
    separator, header_row = _header_row(text, set(known))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[ReadRow] = []
    begins = 1 + before
    try:
        for number, cells in enumerate(reader):
            if number and any(cell.strip() for cell in cells):
                rows.append(_row(begins, header_row, cells))
            begins = reader.line_num + 1 + before
    except csv.Error as error:
        raise InvalidInput(
            "Line %(line)s cannot be read: is a quotation mark missing there?", field="file", line=begins
        ) from error
    return rows


def _header_row(text: str, known: set[str]) -> tuple[str, list[str]]:
    first = next(iter(text.splitlines()), "")
    best: tuple[int, str, list[str]] = (0, ",", [])
    for separator in SEPARATORS:
        names = [name.strip().strip('"').strip().lower() for name in first.split(separator)]
        best = max(best, (len(known & set(names)), separator, names), key=lambda found: found[0])
    count, separator, names = best
    if not count:
        raise InvalidInput(
            "The first line names none of the columns we know. Begin with the template.", field="file"
        )
    odd = [name for name in names if name and name not in known]
    if odd:
        raise InvalidInput("%(name)s is no column we know.", field="file", name=odd[0][:60])
    given = [name for name in names if name]  # spreadsheets write empty columns behind the last
    if len(set(given)) < len(given):
        raise InvalidInput("A column stands twice in the first line.", field="file")
    return separator, names


def _row(line: int, header_row: Sequence[str], cells: Sequence[str]) -> ReadRow:
    if len(cells) > len(header_row) and any(cell.strip() for cell in cells[len(header_row) :]):
        raise InvalidInput("Line %(line)s has more cells than the first line.", field="file", line=line)
    if any(len(cell) > CELL_MAX for cell in cells):
        raise InvalidInput("Line %(line)s has a cell that is too long.", field="file", line=line)
    found = {name: _plain(cell) for name, cell in zip(header_row, cells, strict=False) if name}
    return ReadRow(line, found)


def _plain(cell: str) -> str:
    """The cell without the apostrophe that csv_bytes put in front of it."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS_FORMULA) else text

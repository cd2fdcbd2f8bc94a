"""Tables: harmless in spreadsheets, and read back as they were written, in the encodings that exist."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.transfer.csv_file import STARTS_FORMULA, Table, csv_bytes, decoded, harmless, read_csv
from exchange.transfer.programme_columns import COLUMNS, NAMES, template


@pytest.mark.parametrize("cell", ["=1+1", "+46 8", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_text(cell: str) -> None:
    (_head, row) = csv.reader(
        io.StringIO(csv_bytes(Table(["title"], [[cell]])).decode("utf-8-sig"), newline="")
    )
    assert row == [f"'{cell}"]


def test_a_table_begins_with_the_mark_that_spreadsheets_need() -> None:
    content = csv_bytes(Table(["title"], [["Malmö; a, b"]]))
    assert content == b'\xef\xbb\xbf"title"\r\n"Malm\xc3\xb6; a, b"\r\n'


PRINTED = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\"',;=+-@")


@given(st.lists(st.text(PRINTED, max_size=40).map(str.strip), min_size=1, max_size=5))
def test_what_is_exported_is_imported_as_it_was(titles: list[str]) -> None:
    """Save that cells are stripped, and that an apostrophe before a formula is ours."""
    rows = [[title, "x"] for title in titles]
    read = read_csv(decoded(csv_bytes(Table(["title", "kind"], rows))), NAMES)
    expected = [t[1:] if t.startswith("'") and t[1:].startswith(STARTS_FORMULA) else t for t in titles]
    assert [row.cells["title"] for row in read] == expected


def test_harmless_leaves_harmless_cells_alone() -> None:
    assert [harmless(cell) for cell in ("", "a=b", "'=1", "5")] == ["", "a=b", "'=1", "5"]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
def test_tables_are_read_as_spreadsheets_write_them(separator: str, encoding: str) -> None:
    lines = ["Title;CITY;date", "Möte;Malmö;2027-01-11", ";;", '"Two\nlines";Lund;2027-01-12', "Last;Lund;"]
    text = "\r\n".join(lines).replace(";", separator)
    rows = read_csv(decoded(text.encode(encoding)), NAMES)
    assert [(row.line, row.cells["title"], row.cells["city"]) for row in rows] == [
        (2, "Möte", "Malmö"),
        (4, "Two\nlines", "Lund"),
        (6, "Last", "Lund"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "none of the columns"),
        (b"a,b,c\r\n1,2,3", "none of the columns"),
        (b"kind,titel\r\n", "titel is no column"),
        (b"kind,kind\r\n", "stands twice"),
        (b"kind,title\r\ntraining,a,b,c", "Line 2 has more cells"),
        (b'kind,title\r\ntraining,"a" b\r\n', "Line 2 cannot be read"),
        (b'kind,title\r\ntraining,a\r\ntraining,"a\r\n', "Line 3 cannot be read"),
        (b"kind,title\r\ntraining," + b"a" * 10_001, "too long"),
        (b"PK\x03\x04\x00\x00", "not as a workbook"),
    ],
)
def test_what_is_no_table_is_said_with_its_line(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refusal:
        read_csv(decoded(content), NAMES)
    assert refusal.value.field == "file"


def test_the_template_holds_every_column_of_the_guide() -> None:
    assert tuple(template().columns) == tuple(column.name for column in COLUMNS)
    assert len(read_csv(decoded(csv_bytes(template())), NAMES)) == 2

"""Sections as one table: a row for each figure, with its section, its row's head and its column."""

from collections.abc import Iterator, Sequence

from exchange.figures.section import Section
from exchange.transfer.csv_file import Table

COLUMNS = ("section", "row", "column", "value", "marking")


def table_of_sections(sections: Sequence[Section]) -> Table:
    """What their tables show, cell by cell, as text."""
    return Table(COLUMNS, _rows(sections))


def _rows(sections: Sequence[Section]) -> Iterator[tuple[str, ...]]:
    for one in sections:
        for row in one.rows:
            for column, cell in zip(one.columns[1:], row[1:], strict=True):
                yield (one.title, row[0], column, cell, one.marking)

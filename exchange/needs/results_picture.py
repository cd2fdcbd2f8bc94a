"""The results of a round as a picture: a square for each city and theme, darker the larger the gap.

The same stands in the table beneath it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.needs.results import CityRow, ShownRound

SQUARE, NAMES, HEAD = 44, 170, 26  # units: a side of a square, the names of cities, the line of numbers


@dataclass(frozen=True)
class Square:
    """One cell; ``shade`` 0 to 4 by the whole points of its gap, None where nothing is shown."""

    x: int
    y: int
    shade: int | None
    text: str


@dataclass(frozen=True)
class Line:
    """One city's squares."""

    y: int
    name: str
    is_own: bool
    squares: Sequence[Square]


@dataclass(frozen=True)
class ResultsPicture:
    """Everything to draw, and how large it is. ``heads`` are the themes' numbers with where they stand."""

    width: int
    height: int
    heads: Sequence[tuple[int, int]]
    lines: Sequence[Line]


def picture_of(shown: ShownRound) -> ResultsPicture:
    """The picture of a round's results; themes are numbered in the round's order."""
    count = len(shown.round.themes)
    return ResultsPicture(
        width=NAMES + count * SQUARE,
        height=HEAD + len(shown.rows) * SQUARE,
        heads=[(number, NAMES + (number - 1) * SQUARE) for number in range(1, count + 1)],
        lines=[_line(row, HEAD + place * SQUARE) for place, row in enumerate(shown.rows)],
    )


def _line(row: CityRow, y: int) -> Line:
    squares = [
        Square(
            x=NAMES + place * SQUARE,
            y=y,
            shade=int(score.gap) if score else None,
            text=f"{score.gap:g}" if score else "–",
        )
        for place, score in enumerate(row.cells)
    ]
    return Line(y, row.name, row.is_own, squares)

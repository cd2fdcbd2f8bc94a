"""The results of a round as a picture: a square for each city and theme, darker the larger the gap.

The same stands in the table beneath it; templates/macros/grid.html draws it.
"""

from collections.abc import Sequence

from exchange.needs.results import ShownRound

Cell = tuple[int | None, str]  # a shade, 0 to 4 by whole points of the gap, None where nothing is shown; text


def picture_of(shown: ShownRound) -> list[tuple[str, bool, Sequence[Cell]]]:
    """A round's cities, whether each is the reader's own, and its cells in the order of the themes."""
    return [
        (row.name, row.is_own, [(int(one.gap), f"{one.gap:g}") if one else (None, "–") for one in row.cells])
        for row in shown.rows
    ]

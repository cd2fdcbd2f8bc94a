"""Which groups of answers a table of results may speak of, so that nothing follows about a few people.

It decides about groups, not about their figures: whoever shows results computes figures of ``Picture.cells``,
``Picture.together`` and the totals made of them, and of nothing else.

A group may be shown when it holds five people of two organisations. That alone does not keep a small group:
it could be had by taking what is shown from a total, or one picture from another. So

- **totals count what is shown, and nothing else** (``column_total``, ``row_total``, ``grand_total``).
  Nothing is left to take away, and no large city's row need be hidden for the sake of a small one's;
- **the small rows of a column speak together** (``Picture.together``), where they are large enough together,
  so that their people are not left out of the total;
- **a second picture of the same answers** is shown only when every group that the pictures *tell apart* is
  large enough (``may_follow``): in each cell, who came in between is five people of two organisations.

Why that is enough: whatever somebody works out from shown figures concerns a union of groups that the shown
groups tell apart, for nobody of one such group is treated differently from another of it.

Of a large group show: how many people, medians, the word most of them chose, and shares of shown groups.
Do not show sums, means, smallest or largest values, or how many chose a rare word: with one's own answer, or
a colleague's, they give away another's.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

PEOPLE_AT_LEAST = 5  # DOMAIN: hide any cell with fewer respondents
ORGANISATIONS_AT_LEAST = 2  # one house alone would be known by its answer


@dataclass(frozen=True)
class Voice:
    """One answer of one person to one question, as it counts in results.

    ``answer`` is the answer as it was handed in: a person who changes it gives another.
    ``organisation`` None: it is not known, and proves no second one.
    """

    answer: Hashable
    person: Hashable
    organisation: Hashable | None


Group = frozenset[Voice]
Row = TypeVar("Row", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)


@dataclass(frozen=True)
class Picture(Generic[Row, Column]):
    """What one table of results shows: its groups, by row and column, and which cells it keeps back.

    ``together`` are the small cells of a column as one group, where that is large enough. ``hidden`` are
    cells that somebody answered and that are not shown by themselves; one nobody answered is in neither.
    """

    cells: Mapping[tuple[Row, Column], Group]
    together: Mapping[Column, Group]
    hidden: frozenset[tuple[Row, Column]]

    def groups(self) -> list[tuple[Column, Group]]:
        """All groups of which figures are shown, each with its column; totals are made of these."""
        return [(column, group) for (_row, column), group in self.cells.items()] + list(self.together.items())


def is_small(group: Group) -> bool:
    """Whether a group must not be shown: under five people, or under two known organisations."""
    organisations = {voice.organisation for voice in group} - {None}
    return people_in(group) < PEOPLE_AT_LEAST or len(organisations) < ORGANISATIONS_AT_LEAST


def people_in(group: Group) -> int:
    """How many people a group has, each once."""
    return len({voice.person for voice in group})


def picture_of(table: Mapping[tuple[Row, Column], Group]) -> Picture[Row, Column]:
    """What may be shown of a table whose cells hold everybody's answers; in a column each is in one row."""
    answered = {place: group for place, group in table.items() if group}
    small = frozenset(place for place, group in answered.items() if is_small(group))
    rest: dict[Column, Group] = {}
    for row, column in small:
        rest[column] = rest.get(column, frozenset()) | answered[row, column]
    return Picture(
        cells={place: group for place, group in answered.items() if place not in small},
        together={column: group for column, group in rest.items() if not is_small(group)},
        hidden=small,
    )


def column_total(picture: Picture[Row, Column], column: Column) -> Group:
    """Everybody of a column whose group is shown, alone or together with others; empty, if nobody."""
    return _union(group for its_column, group in picture.groups() if its_column == column)


def row_total(picture: Picture[Row, Column], row: Row) -> Group:
    """Everybody of the shown cells of a row; empty, if none is shown."""
    return _union(group for (its_row, _column), group in picture.cells.items() if its_row == row)


def grand_total(picture: Picture[Row, Column]) -> Group:
    """Everybody of whom the picture shows anything."""
    return _union(group for _column, group in picture.groups())


def told_apart(pictures: Iterable[Picture[Row, Column]]) -> list[Group]:
    """The smallest groups that somebody who has all these pictures can tell from one another.

    Two answers of a column are in one of them when each shown group holds both or neither. Answers that no
    picture shows are in none.
    """
    signs: dict[tuple[Column, Voice], set[int]] = {}
    shown = [one for picture in pictures for one in picture.groups()]
    for number, (column, group) in enumerate(shown):
        for voice in group:
            signs.setdefault((column, voice), set()).add(number)
    by_sign: dict[frozenset[int], set[Voice]] = {}
    for (_column, voice), sign in signs.items():
        by_sign.setdefault(frozenset(sign), set()).add(voice)
    return [frozenset(voices) for voices in by_sign.values()]


def may_follow(earlier: Iterable[Picture[Row, Column]], new: Picture[Row, Column]) -> bool:
    """Whether a new picture may be shown to who may have seen the earlier ones of the same answers.

    No means: what was shown stays as it was, until enough new answers are there.
    """
    return not any(is_small(group) for group in told_apart([*earlier, new]))


def _union(groups: Iterable[Group]) -> Group:
    return frozenset(voice for group in groups for voice in group)

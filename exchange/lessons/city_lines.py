"""How far cities are with findings, as one reader may see it: their own in full, of others two states alone.

It loads nothing and decides nothing: the policy says who sees what.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exchange.access.lesson_things import thing_of_progress
from exchange.models import City, Headway, Lesson, LessonProgress
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing

SHOWN_OF_OTHERS = frozenset({Headway.UNDER_WAY, Headway.IN_PLACE})  # what may be asked about helps others

Rows = Mapping[tuple[int, int], LessonProgress]


@dataclass(frozen=True)
class CityLine:
    """One city and one finding. ``state`` None: nothing is said, or nothing that is for this reader.

    ``row`` is what the city said in full, for who may write there too; None for everybody else.
    """

    city: City
    state: Headway | None
    row: LessonProgress | None
    is_own: bool


@dataclass(frozen=True)
class LessonLine:
    """A finding with the cities in the order of the columns."""

    lesson: Lesson
    cities: Sequence[CityLine]

    def names_in(self, state: Headway) -> list[str]:
        """The names of the cities that are in a state, as far as this reader is told."""
        return [one.city.name for one in self.cities if one.state is state]


def city_line(lesson: Lesson, city: City, rows: Rows, standing: Standing) -> CityLine:
    """One city as the reader may see it."""
    row = rows.get((lesson.id or 0, city.id or 0))
    thing = thing_of_progress(lesson, city.id or 0)
    if may(standing, Right.WRITE, thing):
        return CityLine(city, Headway(row.state) if row else Headway.NOT_STARTED, row, is_own=True)
    is_told = row is not None and Headway(row.state) in SHOWN_OF_OTHERS and may(standing, Right.READ, thing)
    return CityLine(city, Headway(row.state) if row and is_told else None, None, is_own=False)


def lesson_lines(
    lessons: Iterable[Lesson], cities: Sequence[City], rows: Rows, standing: Standing
) -> list[LessonLine]:
    """Each finding with each city as the reader may see them."""
    return [LessonLine(one, [city_line(one, city, rows, standing) for city in cities]) for one in lessons]

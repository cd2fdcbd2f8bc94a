"""The year as a list by month: the same content as the picture, on the reader's clock. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from exchange.programme.svg_shapes import abbreviation
from exchange.programme.year import ShownCycle, ShownTraining, Year
from exchange.rules.programme.stage_plan import Phase
from exchange.rules.time.timezones import WallTime, instant, wall_time


@dataclass(frozen=True)
class Line:
    """One line. ``what`` is "exchange", "session" or "training".

    ``on`` is the reader's date; ``until`` the last day of a cycle. ``here`` and ``there`` are when a
    session or event starts on the reader's wall and on its own, ``there`` None when both show the same.
    """

    what: str
    on: date
    item: ShownCycle | ShownTraining
    until: date | None = None
    here: WallTime | None = None
    there: WallTime | None = None
    minutes: int = 0


def agenda(year: Year, time_zone: str) -> list[tuple[date, Sequence[Line]]]:
    """The months of the year that hold something, each with its lines by date."""
    lines = sorted(_lines(year, time_zone), key=lambda line: (line.on, line.what, line.item.key))
    by_month = groupby(lines, key=lambda line: line.on.replace(day=1))
    return [(month, tuple(found)) for month, found in by_month]


def _lines(year: Year, time_zone: str) -> Iterator[Line]:
    for cycle in year.cycles:
        if cycle.stages and year.first_on <= cycle.starts_on <= year.last_on:
            yield Line("exchange", cycle.starts_on, cycle, until=cycle.ends_on)
        for sitting in cycle.sittings:
            if sitting.is_live and sitting.starts.on.year == year.number:
                yield _timed("session", cycle, sitting.starts, sitting.minutes, time_zone)
    for training in year.trainings:
        yield _timed("training", training, training.starts, training.minutes, time_zone)


def _timed(
    what: str, item: ShownCycle | ShownTraining, starts: WallTime, minutes: int, time_zone: str
) -> Line:
    here = wall_time(instant(starts), time_zone)
    there = None if here.naive == starts.naive else starts
    return Line(what, here.on, item, here=here, there=there, minutes=minutes)


def stage_key(year: Year) -> list[tuple[str, str]]:
    """Abbreviations and names of the stages within a cycle, for the key; [] where none may be shown."""
    for cycle in year.cycles:
        names = [stage.name for stage in cycle.stages if stage.phase is Phase.WITHIN and stage.name]
        if names:
            return [(abbreviation(name), name) for name in names]
    return []

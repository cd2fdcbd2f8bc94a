"""What an hour costs the people of a city: bands of the day, and the burden of a span on the wall.

Not zones: clock_groups.py says what the wall shows. Minutes are counted from midnight of a local day and may
be below 0 or above 1440, which is the day before or after. A span's end is not part of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time
from enum import IntEnum

from exchange.planner.problem.problem import Burden, PlannedCity

DAY_MINUTES = 1440
WallSpan = tuple[int, int]


class Band(IntEnum):
    """The part of a day that an hour falls in, the worse the greater."""

    CORE = 0
    SHOULDER = 1
    NIGHT = 2


@dataclass(frozen=True)
class Bands:
    """A city's day: core and shoulder hours in minutes of the local day."""

    core: WallSpan
    shoulder: WallSpan


def bands_of(city: PlannedCity) -> Bands:
    """The bands of a city's day."""
    return Bands(
        (minutes_of(city.core[0]), minutes_of(city.core[1])),
        (minutes_of(city.shoulder[0]), minutes_of(city.shoulder[1])),
    )


def worst_band(bands: Bands, spans: Iterable[WallSpan]) -> Band:
    """The worst band that any of the spans touches."""
    return max(_band(bands, span) for each in spans for span in _by_day(each))


def burden_of(bands: Bands, spans: Iterable[WallSpan], weights: Burden) -> int:
    """What the spans cost: the worst band of the event, or every minute by its band."""
    points = {Band.CORE: 0, Band.SHOULDER: weights.shoulder, Band.NIGHT: weights.night}
    if weights.per == "event":
        return points[worst_band(bands, spans)]
    total = 0
    for begin, end in (span for each in spans for span in _by_day(each)):
        core = _overlap((begin, end), bands.core)
        shoulder = _overlap((begin, end), bands.shoulder) - core
        total += weights.shoulder * shoulder + weights.night * (end - begin - core - shoulder)
    return total


def is_inside_every_day(hours: WallSpan, spans: Iterable[WallSpan]) -> bool:
    """Whether the spans lie in these hours on each local day that they touch."""
    return all(_is_inside(span, hours) for each in spans for span in _by_day(each))


def _band(bands: Bands, span: WallSpan) -> Band:
    if _is_inside(span, bands.core):
        return Band.CORE
    return Band.SHOULDER if _is_inside(span, bands.shoulder) else Band.NIGHT


def _by_day(span: WallSpan) -> Iterator[WallSpan]:
    """The span cut at midnights, each piece in minutes of its own day."""
    begin, end = span
    while begin < end:
        midnight = begin - begin % DAY_MINUTES
        piece_end = min(end, midnight + DAY_MINUTES)
        yield begin - midnight, piece_end - midnight
        begin = piece_end


def _is_inside(inner: WallSpan, outer: WallSpan) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _overlap(a: WallSpan, b: WallSpan) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def minutes_of(at: time) -> int:
    """A wall time in minutes of its day."""
    return 60 * at.hour + at.minute

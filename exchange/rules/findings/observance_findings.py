"""Findings about observances that a meeting touches on somebody's wall, the evening before among them.

Not holidays of a city, which block; an observance informs, or warns when many who keep it would be missing.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from exchange.rules.findings.finding_types import Finding, Severity, slug, sort_findings
from exchange.rules.sentences import Value
from exchange.rules.time.observances import ONE_DAY, Observance, near
from exchange.rules.time.timezones import WallTime, instant, wall_time

_FARTHEST = timedelta(days=10)  # by zones, the evening before and days that may move; spares most of a file
_ONE_DAY_OFF = ", +/- 1 day."
_DAYS_OFF = ", +/- %(days)s days."


def observance_findings(
    wall: WallTime, minutes: int, zones: Iterable[str], observances: Collection[Observance]
) -> list[Finding]:
    """What observances say of a meeting on its own wall and on those of the ``zones``, each once, sorted.

    A warning where the observance warns and its date is sure to be met, else information. Raises
    NonexistentTime and UnknownZone for a wall time that is none.
    """
    starts_at = instant(wall)
    ends_at = starts_at + timedelta(minutes=minutes)
    close = [one for one in observances if _is_close(one, starts_at, ends_at)]
    found: dict[Observance, bool] = {}
    for zone in {wall.time_zone, *zones}:
        starts, ends = wall_time(starts_at, zone).naive, wall_time(ends_at, zone).naive
        for one, is_sure in near(close, starts, ends):
            found[one] = found.get(one, False) or is_sure
    here = wall_time(ends_at, wall.time_zone).naive
    return sort_findings(
        _finding(one, is_sure=is_sure, is_eve=_is_eve(one, wall, here)) for one, is_sure in found.items()
    )


def _is_close(one: Observance, starts_at: datetime, ends_at: datetime) -> bool:
    return one.first_on <= (ends_at + _FARTHEST).date() and one.last_on >= (starts_at - _FARTHEST).date()


def _is_eve(one: Observance, wall: WallTime, ends: datetime) -> bool:
    """Whether the meeting is on the evening before, by its own wall."""
    is_day_before = one.begins_evening_before and wall.on == one.first_on - ONE_DAY
    return is_day_before and one.is_touched_by(wall.naive, ends)


def _finding(one: Observance, *, is_sure: bool, is_eve: bool) -> Finding:
    values: dict[str, Value] = {"observance": one.name, "first": one.first_on, "last": one.last_on}
    if one.plus_minus_days > 1:
        values["days"] = one.plus_minus_days
    return Finding(
        Severity.WARN if one.warns and is_sure else Severity.INFORM,
        f"observance:{slug(one.name)}:{one.first_on.isoformat()}",
        "".join(_words(one, is_eve)),
        values | ({"eve": one.first_on - ONE_DAY} if is_eve else {}),
    )


def _words(one: Observance, is_eve: bool) -> Iterator[str]:
    if is_eve:
        yield "%(observance)s begins this evening, %(eve)s"
    elif one.first_on == one.last_on:
        yield "%(first)s is %(observance)s"
    else:
        yield "%(observance)s is from %(first)s to %(last)s"
    if one.plus_minus_days == 1:
        yield _ONE_DAY_OFF
    elif one.plus_minus_days:
        yield _DAYS_OFF
    else:
        yield "."

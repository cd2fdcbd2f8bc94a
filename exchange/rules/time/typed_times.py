"""Dates and times as people and spreadsheets write them: read as they are meant, or refused, never guessed.

Not what programs write to each other: those are ISO 8601, and their parsers take "14.30" for 14:00.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from enum import StrEnum

from exchange.errors import InvalidInput

_MIDNIGHT = r"(?:[ T]0?0[:.]00(?:[:.]00(?:[.,]0+)?)?)?"  # spreadsheets write a date with it
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d\d?)\2(\d\d?)" + _MIDNIGHT, re.ASCII)
_YEAR_LAST = re.compile(r"(\d\d?)([-/.])(\d\d?)\2(\d{4})" + _MIDNIGHT, re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_TIME = re.compile(r"(\d\d):(\d\d)(?::00)?", re.ASCII)
_ISO_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
_CLOCK = re.compile(r"(\d\d?)([:.,])(\d\d)(?:[:.,]00)?(?:\s?([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE)
_OFFSET = re.compile(r"\d\d?[:.]?\d\d.*?\s?(?:Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE)


class DateOrder(StrEnum):
    """What stands first in a date with the year at its end."""

    DAY = "day"
    MONTH = "month"


def typed_date(text: str, order: DateOrder | None = None) -> date:
    """The date. Raises InvalidInput, also when day and month may be either and no ``order`` is known.

    With dots the day is first everywhere; "/" and "-" have it first in Britain and last in the USA.
    """
    plain = text.strip()
    found = _YEAR_FIRST.fullmatch(plain)
    if found is not None:
        return _date(found[1], found[3], found[4])
    found = _YEAR_LAST.fullmatch(plain)
    if found is None:
        raise InvalidInput("Write the date like 2027-03-11.")
    meant = DateOrder.DAY if found[2] == "." else _order(found[1], found[3]) or order
    if meant is None and found[1] != found[3]:
        raise InvalidInput("%(text)s may be read in two orders. Write the date like 2027-03-11.", text=plain)
    day, month = (found[3], found[1]) if meant is DateOrder.MONTH else (found[1], found[3])
    return _date(found[4], month, day)


def date_order(texts: Iterable[str]) -> DateOrder | None:
    """The order in which dates of one file are written, if one of them tells; None when they disagree."""
    found = set()
    for text in texts:
        written = _YEAR_LAST.fullmatch(text.strip())
        if written is not None and written[2] != ".":
            found.add(_order(written[1], written[3]))
    orders = [one for one in found if one is not None]
    return orders[0] if len(orders) == 1 else None


def typed_time(text: str) -> time:
    """The time on the wall: 14:00, 9:05, 14.30 (half past two), 2:30 PM. Raises InvalidInput."""
    plain = text.strip().replace("\u202f", " ").replace("\xa0", " ")
    found = _CLOCK.fullmatch(plain)
    if found is None and _OFFSET.fullmatch(plain):
        raise InvalidInput("Write the time as the clock shows it, and its zone in time_zone.")
    if found is None or (found[1] == "0" and found[2] != ":"):  # 0.25 is a quarter of a day in spreadsheets
        raise InvalidInput("Write the time on the 24-hour clock, like 14:00.")
    hour, minute = int(found[1]), int(found[3])
    if found[4]:
        if not 1 <= hour <= 12:
            raise InvalidInput("Write the time on the 24-hour clock, like 14:00.")
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    return _time(hour, minute)


def exact_date(text: str) -> date:
    """A date written like 2027-03-11 and in no other way, as forms and files have it. Raises ValueError."""
    if _ISO_DATE.fullmatch(text) is None:
        raise ValueError(text)
    return date(int(text[:4]), int(text[5:7]), int(text[8:]))


def exact_time(text: str) -> time:
    """A time written like 14:30 and in no other way, seconds of nothing aside. Raises ValueError."""
    found = _ISO_TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))


def exact_instant(text: str) -> datetime:
    """A moment with its offset, like 2027-01-04T14:00:00Z, in UTC. Raises ValueError."""
    if _ISO_INSTANT.fullmatch(text) is None:
        raise ValueError(text)
    return datetime.fromisoformat(text).astimezone(UTC)


def exact_wall(text: str) -> datetime:
    """What a wall shows, like 2027-01-04T14:00, naive. Raises ValueError."""
    on, _, at = text.partition("T")
    return datetime.combine(exact_date(on), exact_time(at))


def _order(first: str, second: str) -> DateOrder | None:
    if int(first) > 12:
        return DateOrder.DAY
    return DateOrder.MONTH if int(second) > 12 else None


def _date(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise InvalidInput("Write the date like 2027-03-11.") from error


def _time(hour: int, minute: int) -> time:
    try:
        return time(hour, minute)
    except ValueError as error:
        raise InvalidInput("Write the time on the 24-hour clock, like 14:00.") from error

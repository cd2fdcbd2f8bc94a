"""Write a component from its properties, each content line by the calendar library, once.

Most lines of a programme stand in many events, and in the same event for other readers: the line is
what is remembered, by all that it is written from.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from icalendar import Calendar, Component, Event, Parameters, vText

from exchange.feeds.icalendar.line_folding import folded
from exchange.rules.time.timezones import WallTime, zone

REMEMBERED = 32_768  # lines; some megabytes
_ORDER = {  # as the library writes components; the rest follows by name
    "VCALENDAR": Calendar.canonical_order,
    "VEVENT": Event.canonical_order,
    "VALARM": (),
}

_ESCAPED = re.compile(r"([\\;,])")
_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_NOT_CARRIED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")

Value = str | int | date | datetime | timedelta | WallTime | tuple[float, float] | tuple[str, ...]


class Text(vText):
    """A text value (RFC 5545 3.3.11): cleaned, and escaped so that every reader gets back what was written.

    The library's own escaping takes a written backslash and N for a line end.
    """

    def to_ical(self) -> bytes:
        escaped = _ESCAPED.sub(r"\\\1", clean(str(self)))
        return escaped.replace("\n", r"\n").encode()


class Property(NamedTuple):
    """One property, its value plain and hashable; ``kind`` is the library's type where it guesses another.

    A datetime is an instant in UTC. A local time is a WallTime: two zones' datetimes of one instant are
    equal, and would share a line.
    """

    name: str
    value: Value
    kind: type[str] | None = None
    parameters: tuple[tuple[str, str], ...] = ()


def component_bytes(name: str, properties: Iterable[Property], inner: bytes = b"") -> bytes:
    """The component with ``inner`` written ones in it: properties in the library's order, folded, CRLF."""
    places = _places(name)
    in_order = sorted(properties, key=lambda one: (places.get(one.name, len(places)), one.name))
    lines = [_line(*one) for one in in_order]
    return b"".join([b"BEGIN:%b\r\n" % name.encode(), *lines, inner, b"END:%b\r\n" % name.encode()])


def clean(text: str) -> str:
    """The text with line ends as LF and without what no calendar can carry.

    Control characters go (tabs stay), and so do halves of surrogate pairs; the separators that some
    readers split lines at become LF.
    """
    return _NOT_CARRIED.sub("", _LINE_ENDS.sub("\n", text))


def forget() -> None:
    """Write every line anew from now on."""
    _line.cache_clear()


@cache
def _places(name: str) -> dict[str, int]:
    return {property_: place for place, property_ in enumerate(_ORDER[name])}


@lru_cache(maxsize=REMEMBERED)
def _line(name: str, value: Value, kind: type[str] | None, parameters: tuple[tuple[str, str], ...]) -> bytes:
    holder = Component()
    if parameters:
        told = Parameters({key: _parameter(said) for key, said in parameters})
        holder.add(name, _plain(value, kind), parameters=told)
    else:
        holder.add(name, _plain(value, kind))
    return folded(holder.content_line(name, holder[name]))


def _plain(value: Value, kind: type[str] | None) -> object:
    """The value as the library takes it."""
    if isinstance(value, WallTime):
        return value.naive.replace(tzinfo=zone(value.time_zone))
    if kind is None:
        return value
    return [kind(one) for one in value] if isinstance(value, tuple) else kind(value)


def _parameter(text: str) -> str:
    return re.sub(r'[\n"]', " ", clean(text))

"""Join events that were written before into one calendar.

Pure, and the only place that puts a calendar together: what a publisher compares, what a web process
answers with and what lies in the mirror are the same bytes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.feeds.icalendar.vtimezone import timezone_bytes

YEARS_WHEN_EMPTY = (2026, 2030)  # a calendar without events must hold a component (RFC 5545 3.6)
END = b"END:VCALENDAR\r\n"
_BLOCK = b"\r\nCLASS:PRIVATE\r\n"  # busy time without a word on what it is (vevent.py)
_OWN = re.compile(rb"^(?:UID|DTSTAMP|LAST-MODIFIED|SEQUENCE):.*\r\n(?: .*\r\n)*", re.MULTILINE)
_STAMP = re.compile(rb"^LAST-MODIFIED:\d{8}T\d{6}Z\r\n", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One written VEVENT with what a calendar needs to know of it.

    ``time_zone`` is the TZID its times name, "" when none, used from ``first_year`` to ``last_year``
    (local). ``kind`` and ``theme`` are what addresses filter by; "" where they must not be known.
    """

    uid: str
    starts_at: datetime
    content: bytes
    time_zone: str = ""
    first_year: int = 0
    last_year: int = 0
    kind: str = ""
    theme: str = ""


def assembled(properties: bytes, time_zone: str, parts: Iterable[Part]) -> bytes:
    """The finished file: the properties, a VTIMEZONE per zone used, the events by day and then by UID.

    ``time_zone`` is the one an empty calendar holds. The calendar's LAST-MODIFIED (RFC 7986 5.4) is its
    latest event's. Blocks of busy time that say the same are one: two would tell how much is going on.
    """
    in_order = list(_distinct(sorted(parts, key=lambda part: (part.starts_at, part.uid))))
    zones = timezones_of(in_order) if in_order else [timezone_bytes(time_zone, *YEARS_WHEN_EMPTY)]
    stamps = [found[0] for part in in_order if (found := _STAMP.search(part.content))]
    return b"".join([properties, max(stamps, default=b""), *zones, *(part.content for part in in_order), END])


def _distinct(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts without blocks that another one repeats in all but its name and version."""
    seen: set[bytes] = set()
    for part in parts:
        if _BLOCK in part.content:
            said = _OWN.sub(b"", part.content)
            if said in seen:
                continue
            seen.add(said)
        yield part


def timezones_of(parts: Sequence[Part]) -> list[bytes]:
    """One VTIMEZONE per zone used, right for the years it is used in."""
    years: dict[str, tuple[int, int]] = {}
    for part in parts:
        if part.time_zone:
            first, last = years.get(part.time_zone, (part.first_year, part.last_year))
            years[part.time_zone] = (min(first, part.first_year), max(last, part.last_year))
    return [timezone_bytes(name, *used) for name, used in sorted(years.items())]

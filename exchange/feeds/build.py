"""Write entries as an iCalendar file (RFC 5545, published under RFC 5546, named under RFC 7986).

Pure: the same entries give the same bytes, and nothing in them comes from the clock. It decides
nothing about who may see what; redact.py did.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from icalendar import Calendar, Component, Event, vCalAddress, vText

from exchange.feeds.entries import Entry, EntryKind
from exchange.feeds.timezones import timezone_bytes
from exchange.rules.markings import Marking
from exchange.rules.timezones import WallTime, instant, wall_time, zone

PRODUCT_ID = "-//Exchange//Programme feeds//EN"
REFRESH_EVERY = timedelta(hours=1)  # what clients are asked for; many come once a day all the same
YEARS_WHEN_EMPTY = (2026, 2030)  # a calendar without events must hold a component (RFC 5545 3.6)
_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True)
class Publisher:
    """Who answers for all calendars: the site, and the mailbox of a role (never a person's)."""

    base_url: str
    name: str
    address: str


@dataclass(frozen=True)
class Head:
    """What a calendar says of itself; ``page_url`` is the page about it, never a secret address."""

    name: str
    description: str
    page_url: str
    time_zone: str
    publisher: Publisher


def calendar_bytes(head: Head, entries: Iterable[Entry]) -> bytes:
    """The finished file: UTF-8, CRLF, lines folded at 75 octets, entries by day and then by UID."""
    in_order = sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))
    events = [event_bytes(entry, head.publisher) for entry in in_order]
    return b"".join([_head_bytes(head), *_timezones(head, in_order), *events, _END])


@lru_cache(maxsize=8192)  # a change touches few entries; the others are taken as they were written
def event_bytes(entry: Entry, publisher: Publisher) -> bytes:
    """One VEVENT."""
    return bytes(event_of(entry, publisher).to_ical())


def event_of(entry: Entry, publisher: Publisher) -> Event:
    """One VEVENT, still open for what an invitation adds."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("summary", Text(entry.summary))
    event.add("status", entry.status.value)
    event.add("class", "PUBLIC" if entry.marking is Marking.CLEAR else "CONFIDENTIAL")
    event.add("organizer", _organizer(publisher))
    _add_texts(event, entry, publisher)
    _add_times(event, entry)
    return event


class Text(vText):
    """A text value (RFC 5545 3.3.11): cleaned, and escaped so that every reader gets back what was written.

    The library's own escaping takes a written backslash and N for a line end.
    """

    def to_ical(self) -> bytes:
        escaped = re.sub(r"([\\;,])", r"\\\1", clean(str(self)))
        return escaped.replace("\n", r"\n").encode()


def clean(text: str) -> str:
    """The text with line ends as LF and without what no calendar can carry.

    Control characters go (tabs stay), and so do halves of surrogate pairs; the separators that some
    readers split lines at become LF.
    """
    lines = re.sub("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]", "", lines)


def _head_bytes(head: Head) -> bytes:
    """The calendar's own properties, left open. No UID: some clients would take it for an event's."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", Text(head.name))
    calendar.add("description", Text(head.description))
    calendar.add("url", head.page_url)
    calendar.add("refresh-interval", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-wr-calname", Text(head.name))
    calendar.add("x-wr-caldesc", Text(head.description))
    calendar.add("x-wr-timezone", Text(head.time_zone))
    calendar.add("x-published-ttl", Text("PT1H"))
    return bytes(calendar.to_ical()).removesuffix(_END)


def _timezones(head: Head, entries: Sequence[Entry]) -> list[bytes]:
    """One VTIMEZONE per zone used, right for the years it is used in."""
    if not entries:
        return [timezone_bytes(head.time_zone, *YEARS_WHEN_EMPTY)]
    return timezones_of(entries)


def timezones_of(entries: Sequence[Entry]) -> list[bytes]:
    """The VTIMEZONEs that the entries name."""
    years: dict[str, set[int]] = {}
    for entry in entries:
        if entry.starts is not None and entry.starts.time_zone != "UTC":  # written with a Z
            in_zone = years.setdefault(entry.starts.time_zone, set())
            in_zone |= {entry.starts.on.year, _ends(entry, entry.starts).on.year}
    return [timezone_bytes(name, min(used), max(used)) for name, used in sorted(years.items())]


def _organizer(publisher: Publisher) -> vCalAddress:
    address = vCalAddress(f"mailto:{publisher.address}")
    address.params["CN"] = re.sub(r'[\n"]', " ", clean(publisher.name))
    return address


def _add_texts(event: Component, entry: Entry, publisher: Publisher) -> None:
    if entry.place:
        event.add("location", Text(entry.place))
    if entry.description:
        event.add("description", Text(entry.description))
    if entry.link:
        event.add("url", f"{publisher.base_url}{entry.link}")


def _add_times(event: Component, entry: Entry) -> None:
    """A stage takes whole days and blocks nobody's time; all else takes its hours."""
    if entry.kind is EntryKind.STAGE and entry.first_on and entry.last_on:
        event.add("dtstart", entry.first_on)
        event.add("dtend", entry.last_on + timedelta(days=1))  # exclusive (RFC 5545 3.6.1)
        event.add("transp", "TRANSPARENT")
    elif entry.starts is not None:
        event.add("dtstart", _local(entry.starts))
        _add_end(event, entry, entry.starts)
        event.add("transp", "OPAQUE")


def _add_end(event: Component, entry: Entry, starts: WallTime) -> None:
    """Local like the start, save in autumn's repeated hour, where a local time means its first pass."""
    ends = _ends(entry, starts)
    is_second_pass = instant(ends) != entry.ends_at
    event.add("dtend", entry.ends_at if is_second_pass else _local(ends))


def _ends(entry: Entry, starts: WallTime) -> WallTime:
    return wall_time(entry.ends_at, starts.time_zone)


def _local(wall: WallTime) -> datetime:
    return wall.naive.replace(tzinfo=zone(wall.time_zone))

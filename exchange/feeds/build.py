"""Write entries as an iCalendar file (RFC 5545, published under RFC 5546, named under RFC 7986).

Pure: the same entries give the same bytes, and nothing in them comes from the clock. It decides
nothing about who may see what; redact.py did.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from icalendar import Alarm, Calendar, Component, Event, vCalAddress, vText, vUri

from exchange.feeds.entries import ALL_DAY, Entry, EntryKind, EntryStatus
from exchange.feeds.folding import folded
from exchange.feeds.joining import END, Part, joined
from exchange.rules.markings import Marking
from exchange.rules.timezones import WallTime, instant, wall_time, zone

PRODUCT_ID = "-//Exchange//Programme feeds//EN"
REFRESH_EVERY = timedelta(hours=1)  # what clients are asked for; many come once a day all the same
COLOR = "steelblue"  # CSS3 names (RFC 7986 5.9), for clients that tell kinds of entries apart by them
COLORS = {
    EntryKind.STAGE: "lightsteelblue",
    EntryKind.DEADLINE: "darkorange",
    EntryKind.SESSION: "royalblue",
    EntryKind.TRAINING: "seagreen",
}
NO_COLOR = "gray"  # of what was called off, and of what may not be known


@dataclass(frozen=True)
class Publisher:
    """Who answers for all calendars: the site, and the mailbox of a role (never a person's)."""

    base_url: str
    name: str
    address: str


@dataclass(frozen=True)
class Head:
    """What a calendar says of itself; ``page_url`` is the page about it, never a secret address.

    ``categories`` are what it holds, in the language of its readers.
    """

    name: str
    description: str
    page_url: str
    time_zone: str
    publisher: Publisher
    categories: tuple[str, ...] = ()


def calendar_bytes(head: Head, entries: Iterable[Entry]) -> bytes:
    """The finished file: UTF-8, CRLF, lines folded at 75 octets, entries by day and then by UID."""
    return joined(head_bytes(head), head.time_zone, [part_of(entry, head.publisher) for entry in entries])


def part_of(entry: Entry, publisher: Publisher) -> Part:
    """The entry, written, with what a calendar needs to know of it."""
    spans = _local_span(entry)
    return Part(
        uid=entry.uid,
        starts_at=entry.starts_at,
        content=event_bytes(entry, publisher),
        time_zone=spans[0].time_zone if spans else "",
        first_year=spans[0].on.year if spans else 0,
        last_year=spans[1].on.year if spans else 0,
        kind=entry.shown_kind,
        theme=entry.theme,
    )


def head_bytes(head: Head) -> bytes:
    """The calendar's own properties, left open. No UID: some clients would take it for an event's.

    SOURCE is the public page: a secret address would travel with every export of the calendar.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", Text(head.name))
    calendar.add("description", Text(head.description))
    calendar.add("url", head.page_url)
    calendar.add("source", vUri(f"{head.publisher.base_url}/"), parameters={"VALUE": "URI"})
    calendar.add("color", COLOR)
    calendar.add("refresh-interval", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
    if head.categories:
        calendar.add("categories", [Text(name) for name in head.categories])
    calendar.add("x-wr-calname", Text(head.name))
    calendar.add("x-wr-caldesc", Text(head.description))
    calendar.add("x-wr-timezone", Text(head.time_zone))
    calendar.add("x-published-ttl", Text("PT1H"))
    return bytes(calendar.to_ical()).removesuffix(END)


@lru_cache(maxsize=8192)  # a change touches few entries; the others are taken as they were written
def event_bytes(entry: Entry, publisher: Publisher) -> bytes:
    """One VEVENT."""
    return folded(event_of(entry, publisher))


def event_of(entry: Entry, publisher: Publisher) -> Event:
    """One VEVENT, still open for what an invitation adds."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("summary", Text(entry.summary))
    event.add("status", entry.status.value)
    event.add("class", _class(entry))
    event.add("organizer", _organizer(publisher))
    _add_times(event, entry)
    if not entry.is_block:
        _add_texts(event, entry, publisher)
        _add_hints(event, entry)
    if entry.alarm_minutes is not None and entry.status is not EntryStatus.CANCELLED:
        event.add_component(_alarm(entry, entry.alarm_minutes))
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


def _organizer(publisher: Publisher) -> vCalAddress:
    address = vCalAddress(f"mailto:{publisher.address}")
    address.params["CN"] = _parameter(publisher.name)
    return address


def _class(entry: Entry) -> str:
    """Advice to clients that share a calendar on; what is kept secret is not in the feed at all."""
    if entry.is_block:
        return "PRIVATE"
    return "PUBLIC" if entry.marking is Marking.CLEAR else "CONFIDENTIAL"


def _add_texts(event: Component, entry: Entry, publisher: Publisher) -> None:
    if entry.place:
        event.add("location", Text(entry.place))
    if entry.position:
        event.add("geo", entry.position)
    if entry.description:
        event.add("description", Text(entry.description))
    if entry.link:
        event.add("url", f"{publisher.base_url}{entry.link}")
    if _is_uri(entry.join_link):
        parameters = {"VALUE": "URI", "LABEL": _parameter(entry.join_label)}
        event.add("conference", vUri(entry.join_link), parameters=parameters)


def _add_hints(event: Component, entry: Entry) -> None:
    """What clients sort and colour by."""
    if entry.categories:
        event.add("categories", [Text(name) for name in entry.categories])
    has_color = entry.shown_kind and entry.status is not EntryStatus.CANCELLED
    event.add("color", COLORS[entry.kind] if has_color else NO_COLOR)


def _alarm(entry: Entry, minutes: int) -> Alarm:
    """A reminder on the reader's screen. No UID (RFC 9074): some clients would take it for the event's."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", Text(entry.summary))
    alarm.add("trigger", timedelta(minutes=-minutes))
    return alarm


def _is_uri(link: str) -> bool:
    """Whether the link may stand as it is; a URI is not escaped (RFC 5545 3.3.13)."""
    return re.fullmatch(r"https?://[!-~]+", link) is not None


def _parameter(text: str) -> str:
    return re.sub(r'[\n"]', " ", clean(text))


def _add_times(event: Component, entry: Entry) -> None:
    """A stage takes whole days and blocks nobody's time; all else takes its hours."""
    if entry.kind in ALL_DAY and entry.first_on and entry.last_on:
        event.add("dtstart", entry.first_on)
        event.add("dtend", entry.last_on + timedelta(days=1))  # exclusive (RFC 5545 3.6.1)
        event.add("transp", "TRANSPARENT")
        return
    span = _local_span(entry)
    event.add("dtstart", _local(span[0]) if span else entry.starts_at)
    event.add("dtend", _local(span[1]) if span else entry.ends_at)
    event.add("transp", "OPAQUE")


def _local_span(entry: Entry) -> tuple[WallTime, WallTime] | None:
    """Start and end on the wall; None for days, and for times that are written in UTC.

    An end in the second pass of autumn's repeated hour has no local time, which would mean the first
    pass; and readers take a span from local to UTC for an hour longer. So both are in UTC then.
    """
    if entry.starts is None or entry.starts.time_zone == "UTC":
        return None
    ends = wall_time(entry.ends_at, entry.starts.time_zone)
    return (entry.starts, ends) if instant(ends) == entry.ends_at else None


def _local(wall: WallTime) -> datetime:
    return wall.naive.replace(tzinfo=zone(wall.time_zone))

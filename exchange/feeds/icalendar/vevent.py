"""Write entries as an iCalendar file (RFC 5545, published under RFC 5546, named under RFC 7986).

Pure: the same entries give the same bytes, and nothing in them comes from the clock. It decides
nothing about who may see what; redaction.py did.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from icalendar import vUri

from exchange.feeds.content.entries import ALL_DAY, Entry, EntryKind, EntryStatus
from exchange.feeds.icalendar.properties import Property, Text, component_bytes
from exchange.feeds.icalendar.vcalendar import END, Part, assembled
from exchange.rules.markings.tlp_labels import Marking

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
_URI = (("VALUE", "URI"),)


@dataclass(frozen=True)
class Publisher:
    """Who answers for all calendars: the site, and the mailbox of a role (never a person's)."""

    base_url: str
    name: str
    address: str


@dataclass(frozen=True)
class CalendarProperties:
    """What a calendar says of itself; ``page_url`` is the page about it, never a secret address.

    ``categories`` are what it holds, in the language of its readers.
    """

    name: str
    description: str
    page_url: str
    time_zone: str
    publisher: Publisher
    categories: tuple[str, ...] = ()


def calendar_bytes(calendar: CalendarProperties, entries: Iterable[Entry]) -> bytes:
    """The finished file: UTF-8, CRLF, lines folded at 75 octets, entries by day and then by UID."""
    return assembled(
        properties_bytes(calendar),
        calendar.time_zone,
        [part_of(entry, calendar.publisher) for entry in entries],
    )


def part_of(entry: Entry, publisher: Publisher) -> Part:
    """The entry, written, with what a calendar needs to know of it."""
    spans = entry.local_span
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


def properties_bytes(calendar: CalendarProperties) -> bytes:
    """The calendar's own properties, left open. No UID: some clients would take it for an event's.

    SOURCE is the public page: a secret address would travel with every export of the calendar.
    """
    properties = [
        *opening("PUBLISH"),
        Property("NAME", calendar.name, Text),
        Property("DESCRIPTION", calendar.description, Text),
        Property("URL", calendar.page_url),
        Property("SOURCE", f"{calendar.publisher.base_url}/", vUri, _URI),
        Property("COLOR", COLOR),
        Property("REFRESH-INTERVAL", REFRESH_EVERY, parameters=(("VALUE", "DURATION"),)),
        Property("X-WR-CALNAME", calendar.name, Text),
        Property("X-WR-CALDESC", calendar.description, Text),
        Property("X-WR-TIMEZONE", calendar.time_zone, Text),
        Property("X-PUBLISHED-TTL", "PT1H", Text),
    ]
    if calendar.categories:
        properties.append(Property("CATEGORIES", calendar.categories, Text))
    return component_bytes("VCALENDAR", properties).removesuffix(END)


def opening(method: str) -> list[Property]:
    """What begins any calendar of ours."""
    return [
        Property("VERSION", "2.0"),
        Property("PRODID", PRODUCT_ID),
        Property("CALSCALE", "GREGORIAN"),
        Property("METHOD", method),
    ]


def event_bytes(entry: Entry, publisher: Publisher, *more: Property) -> bytes:
    """One VEVENT, with what an invitation adds."""
    return component_bytes("VEVENT", [*event_properties(entry, publisher), *more], _alarm(entry))


def event_properties(entry: Entry, publisher: Publisher) -> list[Property]:
    """All that an event says; of a block only what RFC 5546 asks for."""
    properties = [
        Property("UID", entry.uid),
        Property("DTSTAMP", entry.changed_at),
        Property("LAST-MODIFIED", entry.changed_at),
        Property("SEQUENCE", entry.sequence),
        Property("SUMMARY", entry.summary, Text),
        Property("STATUS", entry.status.value),
        Property("CLASS", _class(entry)),
        Property("ORGANIZER", f"mailto:{publisher.address}", parameters=(("CN", publisher.name),)),
        *_times(entry),
    ]
    if not entry.is_block:
        properties += [*_texts(entry, publisher), *_hints(entry)]
    return properties


def _class(entry: Entry) -> str:
    """Advice to clients that share a calendar on; what is kept secret is not in the feed at all."""
    if entry.is_block:
        return "PRIVATE"
    return "PUBLIC" if entry.marking is Marking.CLEAR else "CONFIDENTIAL"


def _texts(entry: Entry, publisher: Publisher) -> Iterator[Property]:
    if entry.place:
        yield Property("LOCATION", entry.place, Text)
    if entry.position:
        yield Property("GEO", entry.position)
    if entry.description:
        yield Property("DESCRIPTION", entry.description, Text)
    if entry.link:
        yield Property("URL", f"{publisher.base_url}{entry.link}")
    if _is_uri(entry.join_link):
        yield Property("CONFERENCE", entry.join_link, vUri, (*_URI, ("LABEL", entry.join_label)))


def _hints(entry: Entry) -> Iterator[Property]:
    """What clients sort and colour by."""
    if entry.categories:
        yield Property("CATEGORIES", entry.categories, Text)
    has_color = entry.shown_kind and entry.status is not EntryStatus.CANCELLED
    yield Property("COLOR", COLORS[entry.kind] if has_color else NO_COLOR)


def _alarm(entry: Entry) -> bytes:
    """A reminder on the reader's screen. No UID (RFC 9074): some clients would take it for the event's."""
    if entry.alarm_minutes is None or entry.status is EntryStatus.CANCELLED:
        return b""
    properties = [
        Property("ACTION", "DISPLAY"),
        Property("DESCRIPTION", entry.summary, Text),
        Property("TRIGGER", timedelta(minutes=-entry.alarm_minutes)),
    ]
    return component_bytes("VALARM", properties)


def _is_uri(link: str) -> bool:
    """Whether the link may stand as it is; a URI is not escaped (RFC 5545 3.3.13)."""
    return re.fullmatch(r"https?://[!-~]+", link) is not None


def _times(entry: Entry) -> tuple[Property, ...]:
    """A stage is all day and blocks nobody's time; all else takes its hours, unless it was called off."""
    if entry.kind in ALL_DAY and entry.first_on and entry.last_on:
        return (
            Property("DTSTART", entry.first_on),
            Property("DTEND", entry.last_on + timedelta(days=1)),  # exclusive (RFC 5545 3.6.1)
            Property("TRANSP", "TRANSPARENT"),
        )
    starts, ends = entry.local_span or (entry.starts_at, entry.ends_at)
    transp = "TRANSPARENT" if entry.status is EntryStatus.CANCELLED else "OPAQUE"
    return Property("DTSTART", starts), Property("DTEND", ends), Property("TRANSP", transp)

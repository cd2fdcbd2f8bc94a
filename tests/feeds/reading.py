"""Four independent readers of calendars, each giving what it saw of every event in one shape."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import recurring_ical_events
import vobject
from ical.calendar_stream import CalendarStream
from icalendar import Calendar, Component

_numbers = itertools.count(1)
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """An event as a reader saw it; moments in UTC, days as dates, "" for what is not there."""

    uid: str
    summary: str
    description: str
    place: str
    position: tuple[float, float] | None
    starts: date | datetime
    ends: date | datetime
    sequence: int
    stamp: datetime
    modified: datetime
    status: str
    transp: str
    secrecy: str
    categories: tuple[str, ...]
    color: str
    url: str
    organizer: str
    conference: str
    alarms: tuple[timedelta, ...]


def by_icalendar(content: bytes) -> list[Seen]:
    """icalendar, which knows zones by their names."""
    return [_of_icalendar(event) for event in Calendar.from_ical(content).events]


def by_recurring(content: bytes) -> list[Seen]:
    """recurring-ical-events, asked for all days of the years covered."""
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(FIRST, LAST)
    return [_of_icalendar(event) for event in found]


def by_ical(content: bytes) -> list[Seen]:
    """ical, the library of a home automation program."""
    (calendar,) = CalendarStream.from_ics(content.decode()).calendars
    return [
        Seen(
            uid=event.uid,
            summary=event.summary or "",
            description=event.description or "",
            place=event.location or "",
            position=(event.geo.lat, event.geo.lng) if event.geo else None,
            starts=_in_utc(event.dtstart),
            ends=_in_utc(event.dtend),
            sequence=event.sequence or 0,
            stamp=_moment(event.dtstamp),
            modified=_moment(event.last_modified),
            status=str(event.status.value),
            transp=str(event.transparency),
            secrecy=str(event.classification.value),
            categories=tuple(event.categories),
            color=event.color or "",
            url=event.url or "",
            organizer=event.organizer.uri,
            conference="".join(one.uri for one in event.conference),
            alarms=tuple(alarm.trigger for alarm in event.alarm),
        )
        for event in calendar.events
    ]


def by_vobject(content: bytes) -> list[Seen]:
    """vobject, made to believe the VTIMEZONE alone: zones it knows by name it gets wrong in autumn's hour."""
    calendar = vobject.readOne(_under_names_nobody_knows(content).decode())
    return [_of_vobject(event) for event in getattr(calendar, "vevent_list", [])]


READERS: dict[str, Callable[[bytes], list[Seen]]] = {
    "icalendar": by_icalendar,
    "recurring-ical-events": by_recurring,
    "ical": by_ical,
    "vobject": by_vobject,
}


def _under_names_nobody_knows(content: bytes) -> bytes:
    """Other names each time, for this reader keeps what it once read."""
    prefix = f"Calendar {next(_numbers)} ".encode()
    return re.sub(rb"^((?:DTSTART;|DTEND;)?TZID[=:])", rb"\1" + prefix, content, flags=re.MULTILINE)


def _of_icalendar(event: Component) -> Seen:
    categories = event.get("categories")
    return Seen(
        uid=str(event["uid"]),
        summary=str(event.get("summary", "")),
        description=str(event.get("description", "")),
        place=str(event.get("location", "")),
        position=(event["geo"].latitude, event["geo"].longitude) if "geo" in event else None,
        starts=_in_utc(event["dtstart"].dt),
        ends=_in_utc(event["dtend"].dt),
        sequence=int(event["sequence"]),
        stamp=_moment(event["dtstamp"].dt),
        modified=_moment(event["last-modified"].dt),
        status=str(event["status"]),
        transp=str(event["transp"]),
        secrecy=str(event["class"]),
        categories=tuple(str(name) for name in categories.cats) if categories else (),
        color=_text(event.get("color", "")),
        url=str(event.get("url", "")),
        organizer=str(event["organizer"]),
        conference=str(event.get("conference", "")),
        alarms=tuple(alarm["trigger"].dt for alarm in event.walk("VALARM")),
    )


def _of_vobject(event) -> Seen:  # noqa: ANN001 - vobject carries no types
    def of(name: str) -> str:
        return str(event.getChildValue(name.replace("-", "_"), ""))

    return Seen(
        uid=of("uid"),
        summary=of("summary"),
        description=of("description"),
        place=of("location"),
        position=tuple(map(float, of("geo").split(";"))) if of("geo") else None,
        starts=_in_utc(_zoned(event.dtstart.value)),
        ends=_in_utc(_zoned(event.dtend.value)),
        sequence=int(of("sequence")),
        stamp=_moment(event.dtstamp.value),
        modified=_moment(event.last_modified.value),
        status=of("status"),
        transp=of("transp"),
        secrecy=of("class"),
        categories=tuple(event.categories.value) if "categories" in event.contents else (),
        color=of("color"),
        url=of("url"),
        organizer=of("organizer"),
        conference=of("conference"),
        alarms=tuple(alarm.trigger.value for alarm in event.contents.get("valarm", [])),
    )


def _zoned(value: date | datetime) -> date | datetime:
    """A zone that stands at UTC (Casablanca from 2026 on) the library takes for UTC, and then forgets."""
    return value.replace(tzinfo=value.tzinfo or UTC) if isinstance(value, datetime) else value


def _text(value: object) -> str:
    """The library gives properties it does not know as bytes in text's clothing."""
    return value.to_ical().decode() if hasattr(value, "to_ical") else str(value)


def _in_utc(value: date | datetime) -> date | datetime:
    return _moment(value) if isinstance(value, datetime) else value


def _moment(value: date | datetime | None) -> datetime:
    assert isinstance(value, datetime)
    assert value.tzinfo is not None  # nothing in a feed floats
    return value.astimezone(UTC)

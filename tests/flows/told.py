"""What readers know from the letters that arrived, read with the eyes of a reader and of a calendar.

It asks the database only whose a Message-ID is, and what holds in the end.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from sqlmodel import select

from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.models import City, Cycle, Invitation, Letter, Person, TrainingEvent
from exchange.trainings import queries as training_queries
from tests.flows.running_processes import text_of

ON, OFF = "takes place", {"cancelled", "postponed"}
RELEASED = "no longer invited"
OF_CHANGES = ("change", "halt", "release")
_MOMENT = r"(\w+day \d+ \w+ \d{4}, \d\d:\d\d) in "
_NOW_AT, _FIRST_AT = re.compile(r"is now: " + _MOMENT), re.compile(r"^  " + _MOMENT, re.MULTILINE)
_PLACE_NOW = re.compile(r"^Place: was .*, is now (.*)$", re.MULTILINE)
_PLACE = re.compile(r"^Place: (.*), [^,]*Stockholm$", re.MULTILINE)
_STATES = {"Cancelled:": "cancelled", "Postponed:": "postponed", "No longer": RELEASED}


@dataclass(frozen=True)
class Part:
    """The calendar part of a letter, as far as people act on it."""

    uid: str
    method: str
    sequence: int
    starts_at: datetime
    place: str

    @property
    def shown(self) -> tuple[str, datetime, str]:
        """What a calendar makes of it."""
        return self.method, self.starts_at, self.place

    def __str__(self) -> str:
        return f"{self.method} {self.sequence} {self.starts_at:%d %b %H:%M} {self.place!r}"


@dataclass(frozen=True)
class Facts:
    """What somebody was told: whether it takes place, when on their wall, and where; "" for never told."""

    state: str = ""
    when: str = ""
    place: str = ""

    def and_then(self, more: "Facts") -> "Facts":
        """What they know after another letter, which may say less."""
        said = {name: value for name, value in vars(more).items() if value}
        return replace(self, **said)


@dataclass(frozen=True)
class Arrival:
    """A letter in somebody's mailbox. ``about`` is "cycle" or "event"."""

    at: datetime
    message_id: str
    person_id: int
    about: str
    kind: str
    subject: str
    says: Facts
    part: Part | None

    @property
    def is_of_changes(self) -> bool:
        """Whether it tells of something that changed."""
        return self.kind in OF_CHANGES

    @property
    def of(self) -> tuple[int, str]:
        """Whose it is and what it is about."""
        return self.person_id, self.about

    def __str__(self) -> str:
        part = f", {self.part}" if self.part else ""
        return f"{self.at:%a %d %b %H:%M} {self.kind} {self.message_id[:9]}> {self.subject!r}{part}"


@dataclass(frozen=True)
class Reader:
    """Somebody at the end of a course."""

    id: int
    name: str
    is_active: bool
    has_stopped: bool
    time_zone: str
    city_id: int
    answers: dict[str, str]
    is_shut_out_of: dict[str, bool]


@dataclass(frozen=True)
class Holds:
    """What holds at the end of one thing: ``city_ids`` take part, and for a cycle its expert."""

    about: str
    state: str
    starts_at: datetime
    place: str
    city_ids: frozenset[int]

    def for_reader(self, reader: Reader) -> Facts:
        """As a letter puts it to the reader."""
        at = self.starts_at.astimezone(ZoneInfo(reader.time_zone))
        return Facts(self.state, f"{at:%A} {at.day} {at:%B} {at.year}, {at:%H:%M}", self.place)

    def concerns(self, reader: Reader) -> bool:
        """Whether the reader is to come."""
        is_expert = reader.name == "Priya Nair"
        return self.about == "cycle" if is_expert else reader.city_id in self.city_ids


def arrivals(database: Database, arrived: Sequence[tuple[datetime, str, bytes]]) -> list[Arrival]:
    """What arrived about the cycle and the event, in order, copies included."""
    with database.reading() as session:
        rows = {row.message_id: row for row in session.exec(select(Letter))}
        session.expunge_all()
    read = ((at, message_from_bytes(content, policy=policy.default)) for at, _, content in arrived)
    return [_arrival(at, message, rows[str(message["Message-ID"])]) for at, message in read]


def without_copies(found: Iterable[Arrival]) -> list[Arrival]:
    """Of several arrivals under one Message-ID the first: mail programs show one."""
    return list({one.message_id: one for one in reversed(list(found))}.values())[::-1]


def readers(database: Database) -> list[Reader]:
    """Everybody but the coordinator."""
    with database.reading() as session:
        invited: dict[int, dict[str, Invitation]] = {}
        for row in session.exec(select(Invitation)):
            invited.setdefault(row.person_id, {})["cycle" if row.cycle_id else "event"] = row
        rows = session.exec(select(Person, City).join(City).order_by(Person.id))
        return [
            Reader(
                person.id or 0,
                person.name,
                person.is_active,
                person.programme_stopped_at is not None,
                city.time_zone,
                city.id or 0,
                {about: row.answer for about, row in invited.get(person.id or 0, {}).items()},
                {about: row.is_off for about, row in invited.get(person.id or 0, {}).items()},
            )
            for person, city in rows
            if person.name != "Clara Coordinates"
        ]


def holding(database: Database) -> list[Holds]:
    """What holds of all that was published."""
    found: list[Holds] = []
    with database.transaction() as session:  # nothing is written: the cycle's query locks it
        if session.get(Cycle, 1):
            cycle = cycle_to_change(session, 1)
            (sitting,) = cycle.sittings
            cities = frozenset([cycle.lead_city_id, *(city.id or 0 for city in cycle.cities)])
            found.append(_holds("cycle", cycle, sitting, "", cities))
        if session.get(TrainingEvent, 1):
            event = training_queries.training(session, 1)
            cities = frozenset([event.host_city_id, *(city.id or 0 for city in event.cities)])
            found.append(_holds("event", event, event, event.place, cities))
    return [one for one in found if one.state != "draft"]


def _holds(about: str, row: object, wall: object, place: str, cities: frozenset[int]) -> Holds:
    state = "draft" if row.published_at is None else str(row.publication)  # type: ignore[attr-defined]
    zone = ZoneInfo(wall.time_zone)  # type: ignore[attr-defined]
    at = datetime.combine(wall.on_local, wall.starts_local, zone)  # type: ignore[attr-defined]
    return Holds(about, ON if state == "published" else state, at.astimezone(UTC), place, cities)


def _arrival(at: datetime, message: EmailMessage, row: Letter) -> Arrival:
    subject = str(message["Subject"])
    return Arrival(
        at=at,
        message_id=row.message_id,
        person_id=row.person_id or 0,
        about="cycle" if row.cycle_id else "event",
        kind=row.kind,
        subject=subject,
        says=_said(row.kind, subject, text_of(message).replace("\r\n", "\n")),
        part=_part(message),
    )


def _said(kind: str, subject: str, text: str) -> Facts:
    words = subject.removeprefix("[TLP:GREEN] ")
    for opening, state in _STATES.items():
        if words.startswith(opening):
            return Facts(state)
    moment = _NOW_AT.search(text) or _FIRST_AT.search(text)
    place = _PLACE_NOW.search(text) or _PLACE.search(text)
    tells_all = kind[:2] in {"T1", "E4", "E5"} or kind in OF_CHANGES
    return Facts(
        ON if tells_all else "",
        moment[1] if moment and tells_all else "",
        place[1] if place else "",
    )


def _part(message: EmailMessage) -> Part | None:
    found = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
    if found is None:
        return None
    lines = re.sub(r"\r?\n[ \t]", "", found.get_content()).splitlines()
    event = lines[lines.index("BEGIN:VEVENT") :]
    method = next(line for line in lines if line.startswith("METHOD:"))
    start = next(line for line in event if line.startswith("DTSTART"))
    return Part(
        uid=_value(event, "UID"),
        method=method.removeprefix("METHOD:"),
        sequence=int(_value(event, "SEQUENCE") or 0),
        starts_at=_instant(start),
        place=_value(event, "LOCATION"),
    )


def _value(lines: Iterable[str], name: str) -> str:
    found = (line.removeprefix(f"{name}:") for line in lines if line.startswith(f"{name}:"))
    return next(found, "").replace("\\,", ",")


def _instant(line: str) -> datetime:
    """Of "DTSTART;TZID=Europe/London:20270211T140000"."""
    name, _, digits = line.rpartition(":")
    at = datetime.strptime(digits.removesuffix("Z"), "%Y%m%dT%H%M%S")
    zone = name.partition("TZID=")[2] or "UTC"
    return at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

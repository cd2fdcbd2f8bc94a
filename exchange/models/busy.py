"""Busy calendars: when a city or a person is otherwise engaged, as intervals without a word on what it is."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.people import Person


class BusyKind(StrEnum):
    """How a busy calendar is fetched."""

    ICS = "ics"  # one file over https
    CALDAV = "caldav"  # a collection that is asked for its events (RFC 4791)


class BusyCalendar(SQLModel, table=True):
    """A calendar somebody gave the address of, and how the last look at it went.

    Either ``city_id`` or ``person_id`` says whose it is. The row is the claim, too: who sets
    ``claimed_by`` looks at it, and writes down what came of it only while that still stands.
    """

    __tablename__ = "busy_calendar"
    __table_args__ = (
        one_of("kind", BusyKind),
        CheckConstraint("(city_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
    )

    id: int | None = Field(default=None, primary_key=True)
    city_id: int | None = Field(default=None, foreign_key="city.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    kind: str
    host: str  # all that is ever shown of the address
    sealed: str  # address, user and password, encrypted (exchange/busy/encryption.py)
    given_at: datetime
    due_at: datetime = Field(index=True)  # the next look is not before
    claimed_at: datetime | None = None
    claimed_by: str = ""
    looked_at: datetime | None = None  # the last look, good or not
    copied_at: datetime | None = None  # the last look that found the calendar, changed or not
    expanded_at: datetime | None = None  # when the intervals were last made anew
    etag: str = ""
    last_modified: str = ""
    left_out: int = 0  # entries of the last copy that could not be read
    # Why: each with "template", "values", "count" and the first "lines" of the file.
    left_out_reasons: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    failures: int = 0  # looks in a row that went wrong
    problem: str = ""  # what went wrong last, as an English sentence with places; "" when nothing
    problem_values: dict[str, str | int] = Field(default_factory=dict, sa_type=JSON)

    city: City | None = Relationship()
    person: Person | None = Relationship()


class BusyInterval(SQLModel, table=True):
    """A stretch of time in which the owner of a calendar is busy; the end is not part of it."""

    __tablename__ = "busy_interval"

    calendar_id: int = Field(foreign_key="busy_calendar.id", primary_key=True)
    starts_at: datetime = Field(primary_key=True)
    ends_at: datetime = Field(index=True)
    is_tentative: bool = False  # not sure yet


class UnavailableDays(SQLModel, table=True):
    """Days on which a city cannot, as its people wrote them down; both are included, on its own wall."""

    __tablename__ = "unavailable_days"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="in_order"),
        UniqueConstraint("city_id", "first_on", "last_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    city_id: int = Field(foreign_key="city.id")
    first_on: date
    last_on: date
    given_at: datetime

    city: City = Relationship()

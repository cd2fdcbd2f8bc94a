"""Cities, their membership in the network over time, and their quiet periods."""

from datetime import date, time
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of


class MembershipStatus(StrEnum):
    """What a city is in the network while a membership lasts; a former member is one whose last has ended."""

    LEAD = "lead"
    MEMBER = "member"
    PARTNER = "partner"
    OBSERVER = "observer"


class City(SQLModel, table=True):
    """A city with its clock, its holidays calendar and its working hours."""

    __tablename__ = "city"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)  # lower-case name for addresses and files, for life
    name: str = Field(unique=True)
    time_zone: str  # IANA name
    language: str = "en"  # of its calendars, BCP 47; letters are in their reader's
    holidays_country: str  # ISO 3166 alpha-2, as the holidays package names it
    holidays_subdivision: str = ""
    holidays_categories: list[str] = Field(default_factory=lambda: ["public"], sa_type=JSON)
    latitude: float | None = None  # degrees north, for maps; None when nobody wrote where the city lies
    longitude: float | None = None  # degrees east
    work_starts_local: time = time(9)
    work_ends_local: time = time(17)
    welfare: str = ""  # whom to turn to at its events when something weighs on somebody

    memberships: list["Membership"] = Relationship(
        back_populates="city",
        sa_relationship_kwargs={
            # SQLite and PostgreSQL sort an open beginning to opposite ends unless told.
            "order_by": "Membership.starts_on.nulls_first()",
            "cascade": "all, delete-orphan",
        },
    )
    quiet_periods: list["QuietPeriod"] = Relationship(
        back_populates="city",
        sa_relationship_kwargs={"order_by": "QuietPeriod.id", "cascade": "all, delete-orphan"},
    )

    def status_on(self, on: date) -> MembershipStatus | None:
        """The city's status on a date in its own zone; None outside its memberships."""
        for membership in self.memberships:
            if membership.is_current(on):
                return MembershipStatus(membership.status)
        return None

    def is_former_on(self, on: date) -> bool:
        """Whether every membership has ended by ``on`` and none is to come; so it is without any."""
        return all(span.ends_on is not None and span.ends_on < on for span in self.memberships)


class Membership(SQLModel, table=True):
    """One span of a city's membership under one status; both dates inclusive, None means open."""

    __tablename__ = "membership"
    __table_args__ = (one_of("status", MembershipStatus),)

    id: int | None = Field(default=None, primary_key=True)
    city_id: int = Field(foreign_key="city.id", index=True)
    status: str
    starts_on: date | None = None
    ends_on: date | None = None

    city: City = Relationship(back_populates="memberships")

    def is_current(self, on: date) -> bool:
        """Whether ``on`` lies in the span."""
        has_begun = self.starts_on is None or self.starts_on <= on
        return has_begun and (self.ends_on is None or on <= self.ends_on)


class QuietPeriod(SQLModel, table=True):
    """A time in which a city asks to be left alone.

    ``first`` and ``last`` are both ISO weeks ("W28"), both yearly days ("12-20") or both
    dates ("2027-07-12"); rules.time.quiet_periods reads them.
    """

    __tablename__ = "quiet_period"
    __table_args__ = (UniqueConstraint("city_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    city_id: int = Field(foreign_key="city.id", index=True)
    name: str
    first: str
    last: str

    city: City = Relationship(back_populates="quiet_periods")

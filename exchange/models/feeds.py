"""Feeds: who a calendar is for, its secret addresses, the events written for it, and what it shows."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.groups import ExpertGroup
from exchange.models.people import Person

_IS_NETWORK = text("kind = 'network'")  # there is one public feed


class FeedKind(StrEnum):
    """Whose calendar it is."""

    NETWORK = "network"
    CITY = "city"
    GROUP = "group"
    PERSON = "person"
    BUSY = "busy"  # a city's blocks of time without titles, for those who only ask when it is free


class Feed(SQLModel, table=True):
    """A calendar somebody can subscribe to.

    The public one; two per city, with titles and without (``kind`` tells them apart); one per expert
    group; one per person who made it.
    """

    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("kind", "city_id"),
        UniqueConstraint("group_id"),
        UniqueConstraint("person_id"),
        Index(
            "uq_feed_network",
            "kind",
            unique=True,
            sqlite_where=_IS_NETWORK,
            postgresql_where=_IS_NETWORK,
        ),
        one_of("kind", FeedKind),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    city_id: int | None = Field(default=None, foreign_key="city.id")
    group_id: int | None = Field(default=None, foreign_key="expert_group.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    language: str = ""  # BCP 47; "" follows the city or the person it is for
    alarm_minutes: int | None = None  # before the start, for a person who asked for alarms; None: no alarms

    city: City | None = Relationship()
    group: ExpertGroup | None = Relationship()
    person: Person | None = Relationship()
    addresses: list["FeedAddress"] = Relationship(
        back_populates="feed", sa_relationship_kwargs={"order_by": "FeedAddress.serial"}
    )


class FeedAddress(SQLModel, table=True):
    """A secret address of a private feed.

    Only the digest of the token is kept; the token is derived again from the secret key
    and ``serial`` when the address is shown. A revoked row stays, so that it answers 410.
    """

    __tablename__ = "feed_address"
    __table_args__ = (UniqueConstraint("feed_id", "serial"),)

    id: int | None = Field(default=None, primary_key=True)
    feed_id: int = Field(foreign_key="feed.id", index=True)
    serial: int
    token_digest: str = Field(unique=True)  # SHA-256, hex
    created_at: datetime
    revoked_at: datetime | None = None

    feed: Feed = Relationship(back_populates="addresses")


class FeedComponent(SQLModel, table=True):
    """One event as one audience may see it, written once and shown by every feed whose list names it.

    ``key`` is a digest of all it was written from, so a row never changes: another sequence, another
    ring, another language or another release is another row.
    """

    __tablename__ = "feed_component"

    key: str = Field(primary_key=True)
    item: str = Field(index=True)  # "cycle:12", "training:7": what it tells of
    uid: str = Field(index=True)
    sequence: int
    ring: str
    language: str
    kind: str  # of the entry: "session"
    theme: str = ""  # the theme's key; "" without one, and where it must not be known
    starts_at: datetime  # feeds list their events by this, then by UID
    time_zone: str = ""  # the TZID its times name; "" for days and for UTC
    first_year: int = 0  # of its local times: what the VTIMEZONE has to cover
    last_year: int = 0
    made_at: datetime
    content: bytes = Field(sa_type=LargeBinary)


class PublishedFeed(SQLModel, table=True):
    """What a feed shows: its head and the keys of its components. A GET answers with these, joined."""

    __tablename__ = "published_feed"

    feed_id: int = Field(foreign_key="feed.id", primary_key=True)
    version: int = 0  # rises whenever what is shown changes; 0 until first published
    outlet_version: int = 0  # the version that lies in the second outlet
    published_at: datetime | None = None  # when what is shown last changed; whole seconds, ever rising
    looked_on: date | None = None  # UTC date of the last look at everything it may show; None asks for one
    built_with: str = ""  # zone data and release it was written by
    head: bytes = Field(default=b"", sa_type=LargeBinary)  # the calendar's own properties, left open
    time_zone: str = ""  # of the VTIMEZONE that an empty calendar holds
    parts: str = Field(default="", sa_type=Text)  # keys of its components, sorted, a space between


class FeedChange(SQLModel, table=True):
    """A change that feeds have yet to show: written with the change, deleted by what publishes it."""

    __tablename__ = "feed_change"

    id: int | None = Field(default=None, primary_key=True)
    item: str = ""  # "cycle:12", "training:7"; "" for all that there is

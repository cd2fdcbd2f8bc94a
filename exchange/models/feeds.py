"""Feeds: who a calendar is for, its secret addresses, the events written for it, and what it shows."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.groups import BoardMember, ExpertGroup, GroupMember
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
    seats: list[GroupMember] = Relationship(  # the groups the person sits in
        sa_relationship_kwargs={
            "primaryjoin": "foreign(GroupMember.person_id) == Feed.person_id",
            "order_by": "GroupMember.group_id",
            "viewonly": True,
            "uselist": True,
        }
    )
    board_seats: list[BoardMember] = Relationship(  # the same of boards
        sa_relationship_kwargs={
            "primaryjoin": "foreign(BoardMember.person_id) == Feed.person_id",
            "viewonly": True,
            "uselist": True,
        }
    )
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


class FeedSlot(SQLModel, table=True):
    """One cycle or training event as one kind of reader sees it; feeds list the slots they show.

    A move changes what is in the slot and no list, so it costs the same however many feeds show it.
    ``reach`` tells by what the item was found to be for its readers; while it stays, lists stay.
    """

    __tablename__ = "feed_slot"
    __table_args__ = (UniqueConstraint("item", "audience"),)

    id: int | None = Field(default=None, primary_key=True)
    item: str  # "cycle:12", "training:7"
    audience: str  # JSON: all readers who see the same of the item
    ring: str
    language: str
    reach: str
    version: int = 1  # rises whenever what is in it changes
    published_at: datetime = Field(index=True)  # when that last was; whole seconds


class FeedComponent(SQLModel, table=True):
    """One event of a slot, written once: the bytes that every feed shows that lists the slot."""

    __tablename__ = "feed_component"
    __table_args__ = (UniqueConstraint("slot_id", "uid"),)

    id: int | None = Field(default=None, primary_key=True)
    slot_id: int = Field(foreign_key="feed_slot.id")
    uid: str
    sequence: int
    written_from: str  # a digest of all that the bytes depend on
    kind: str  # of the entry: "session"; "" where it must not be known
    theme: str  # the theme's key; "" without one, and where it must not be known
    starts_at: datetime  # feeds list their events by this, then by UID
    time_zone: str  # the TZID its times name; "" for days and for UTC
    first_year: int  # of its local times: what the VTIMEZONE has to cover
    last_year: int
    content: bytes = Field(sa_type=LargeBinary)


class PublishedFeed(SQLModel, table=True):
    """What a feed shows: its calendar properties and the slots it lists. A GET answers with these, joined."""

    __tablename__ = "published_feed"

    feed_id: int = Field(foreign_key="feed.id", primary_key=True)
    version: int = 0  # rises whenever the properties or the list change; 0 until first published
    outlet_mark: str = ""  # of what lies in the mirror
    published_at: datetime | None = None  # when properties or list last changed; whole seconds, ever rising
    looked_on: date | None = None  # UTC date of the last look at everything it may show; None asks for one
    built_with: str = ""  # zone data, release and settings it was written by
    head: bytes = Field(default=b"", sa_type=LargeBinary)  # the calendar's own properties, left open
    time_zone: str = ""  # of the VTIMEZONE that an empty calendar holds
    slots: str = Field(default="", sa_type=Text)  # ids of its slots in order, a space between


class FeedChange(SQLModel, table=True):
    """A change that feeds have yet to show: written with the change, deleted by what publishes it."""

    __tablename__ = "feed_change"

    id: int | None = Field(default=None, primary_key=True)
    item: str = ""  # "cycle:12", "training:7"; "" for all that there is

"""Feeds: who a calendar is for, its secret addresses, and the bytes last published."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.groups import ExpertGroup

_IS_NETWORK = text("kind = 'network'")  # there is one public feed


class FeedKind(StrEnum):
    """Whose calendar it is."""

    NETWORK = "network"
    CITY = "city"
    GROUP = "group"


class Feed(SQLModel, table=True):
    """A calendar somebody can subscribe to: the public one, one per city, one per expert group."""

    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("city_id"),
        UniqueConstraint("group_id"),
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

    city: City | None = Relationship()
    group: ExpertGroup | None = Relationship()
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


class PublishedFeed(SQLModel, table=True):
    """The bytes a GET answers with, and what makes them due for another look."""

    __tablename__ = "published_feed"

    feed_id: int = Field(foreign_key="feed.id", primary_key=True)
    content: bytes = Field(default=b"", sa_type=LargeBinary)
    etag: str = ""  # strong, quoted; "" until first published
    published_at: datetime | None = None  # when the bytes last changed; whole seconds, ever rising
    zone_data: str = ""  # version of the zone data the bytes were built with
    is_stale: bool = Field(default=True, index=True)

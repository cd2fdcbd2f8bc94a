"""What somebody asked for by a public form, what was said about it, and what was released to them."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.people import Person
from exchange.models.products import Product
from exchange.rules.duties.request_rules import RequestKind


class RequestState(StrEnum):
    """How far a request is."""

    UNCONFIRMED = "unconfirmed"  # nobody used the link of its receipt yet
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NetworkRequest(SQLModel, table=True):
    """One thing that somebody asked for; called so beside the requests of HTTP."""

    __tablename__ = "network_request"
    __table_args__ = (one_of("kind", RequestKind), one_of("state", RequestState))

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    state: str = Field(default=RequestState.UNCONFIRMED, index=True)
    name: str  # "" once it was let go
    email: str = Field(index=True)  # lower case; "" once it was let go
    language: str = "en"
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)  # who was signed in
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    document: str = ""  # in their words, where it is no product
    wanted_format: str = ""
    technology: str = ""
    words: str = ""
    city_id: int = Field(foreign_key="city.id")  # on whose wall and calendar its days are counted
    made_at: datetime = Field(index=True)
    asked_on: date  # on that wall, as the next two
    due_on: date = Field(index=True)
    remind_on: date
    token_digest: str = Field(unique=True)  # SHA-256, hex, of the link to follow it
    confirmed_at: datetime | None = None
    assigned_to_id: int | None = Field(default=None, foreign_key="person.id")
    outcome: str = ""  # what was done, or why it was refused
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    release_digest: str | None = Field(default=None, unique=True)  # of the link to what was released
    released_number: int | None = None  # the version
    released_marking: str = ""
    released_until: datetime | None = None
    revoked_at: datetime | None = None
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    city: City = Relationship()
    product: Product | None = Relationship()
    person: Person | None = Relationship(sa_relationship_kwargs={"foreign_keys": "NetworkRequest.person_id"})
    assigned_to: Person | None = Relationship(
        sa_relationship_kwargs={"foreign_keys": "NetworkRequest.assigned_to_id"}
    )
    events: list["RequestEvent"] = Relationship(
        sa_relationship_kwargs={"order_by": "RequestEvent.id", "cascade": "all, delete-orphan"}
    )


class RequestEvent(SQLModel, table=True):
    """Something that was done with a request or said about it."""

    __tablename__ = "request_event"

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="network_request.id", index=True)
    at: datetime
    by_id: int | None = Field(default=None, foreign_key="person.id")  # None: who asked
    deed: str  # a key of exchange.requests.words.DEEDS
    text: str = ""

    by: Person | None = Relationship()

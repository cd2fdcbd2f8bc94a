"""What people's rights over their data leave behind: requests, changes of address, erasures, needs."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of, one_of_or_empty
from exchange.models.people import Person
from exchange.models.trainings import TrainingEvent


class Right(StrEnum):
    """What somebody asks for beyond what they can do themselves."""

    RESTRICTION = "restriction"
    OBJECTION = "objection"
    ERASURE = "erasure"


class Decision(StrEnum):
    """What became of a request."""

    GRANTED = "granted"
    REFUSED = "refused"


class RightsRequest(SQLModel, table=True):
    """Somebody asked for one of their rights; a coordinator answers within a month."""

    __tablename__ = "rights_request"
    __table_args__ = (one_of("kind", Right), one_of_or_empty("decision", Decision))

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str
    words: str = ""  # theirs; gone when they are erased
    made_at: datetime
    decision: str = ""  # "" while nobody decided
    answer: str = ""  # what they are told
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")

    person: Person = Relationship(sa_relationship_kwargs={"foreign_keys": "RightsRequest.person_id"})


class AddressChange(SQLModel, table=True):
    """A new address somebody gave, which holds once the link sent there was used."""

    __tablename__ = "address_change"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    new_address: str  # lower case; "" once it was used or has expired
    token_digest: str = Field(unique=True)  # SHA-256, hex
    asked_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    person: Person = Relationship()


class Erasure(SQLModel, table=True):
    """A person was erased: the number they are called by, and a keyed digest that knows their address again.

    The block on the address holds until ``lifted_at``.
    """

    __tablename__ = "erasure"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    number: int = Field(unique=True)  # of "Former contact #n"; drawn at random, says nothing
    address_digest: str = Field(index=True)  # HMAC-SHA-256 under the secret key, hex
    erased_at: datetime
    erased_by_id: int | None = Field(default=None, foreign_key="person.id")
    lifted_at: datetime | None = None
    lifted_by_id: int | None = Field(default=None, foreign_key="person.id")
    lifted_why: str = ""


class AttendanceNeed(SQLModel, table=True):
    """What somebody needs at an event: food, access. It goes 30 days after the event."""

    __tablename__ = "attendance_need"
    __table_args__ = (UniqueConstraint("training_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    training_id: int = Field(foreign_key="training_event.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    text: str
    given_at: datetime

    training: TrainingEvent = Relationship()
    person: Person = Relationship()

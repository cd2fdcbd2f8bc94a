"""Sign-in links, sessions, and the counters of the rate limit."""

from datetime import datetime

from sqlmodel import Field, Relationship, SQLModel

from exchange.models.people import Person


class SignInLink(SQLModel, table=True):
    """A link that signs one person in once."""

    __tablename__ = "sign_in_link"

    id: int | None = Field(default=None, primary_key=True)
    token_digest: str = Field(unique=True)  # SHA-256, hex
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class WebSession(SQLModel, table=True):
    """A signed-in browser. Revoking the row ends it at the next request."""

    __tablename__ = "web_session"

    id: int | None = Field(default=None, primary_key=True)
    token_digest: str = Field(unique=True)  # SHA-256, hex
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    user_agent: str = ""  # so that a person can tell their sessions apart

    person: Person = Relationship()


class RateCount(SQLModel, table=True):
    """How often something was tried in a window; one row per key and window."""

    __tablename__ = "rate_count"

    key: str = Field(primary_key=True)  # what is limited and a digest of by whom
    window_starts_at: datetime = Field(primary_key=True)
    count: int = 0

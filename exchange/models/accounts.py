"""Who asks for a sign-in link, the links, sessions, and the counters of the rate limit."""

from datetime import datetime

from sqlmodel import Field, Relationship, SQLModel

from exchange.models.people import Person


class SignInRequest(SQLModel, table=True):
    """Somebody asked for a link at an address; whether anybody has it is looked up later, by a tick."""

    __tablename__ = "sign_in_request"

    id: int | None = Field(default=None, primary_key=True)
    address: str  # as it was typed
    leads_to: str
    asked_at: datetime


class SignInLink(SQLModel, table=True):
    """A link that signs one person in once, or confirms that it is they who use a session."""

    __tablename__ = "sign_in_link"

    id: int | None = Field(default=None, primary_key=True)
    token_digest: str = Field(unique=True)  # SHA-256, hex
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    confirms_session_id: int | None = Field(default=None, foreign_key="web_session.id", ondelete="CASCADE")


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
    last_seen_at: datetime | None = (
        None  # to the minute: not each request writes it; None: not since it began
    )
    awaits_factor: bool = False  # the link was used, the second factor not yet: it lets nobody in
    factor_due_at: datetime | None = None  # by when its person must set up a second factor; None: need not
    proved_at: datetime | None = None  # when the person last proved that it is they
    challenge: str = ""  # what a passkey must sign next, once; "" when nothing was asked
    challenge_ends_at: datetime | None = None

    person: Person = Relationship()


class RateCount(SQLModel, table=True):
    """How often something was tried in a window; one row per key and window."""

    __tablename__ = "rate_count"

    key: str = Field(primary_key=True)  # what is limited and a digest of by whom
    window_starts_at: datetime = Field(primary_key=True)
    count: int = 0

"""Sessions kept by the server: who a browser's token belongs to, and what it opens now.

It reads, and notes when a session was last used; accounts.actions makes and revokes sessions.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import bindparam, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.standings import standing_of
from exchange.db import Database
from exchange.models import City, Person, WebSession
from exchange.settings import Settings
from exchange.tokens import digest
from exchange.web.access.request_context import Viewer

COOKIE_KEY = "token"  # where Flask's signed cookie holds the session's token
SEEN_EVERY = timedelta(minutes=1)  # not each request writes; no idle limit is nearly so short
# Made once and asked at each request: making it takes longer than its answer. A person has few roles and
# their city few memberships, so that the one statement brings few rows.
_BY_TOKEN = (
    select(WebSession)
    .where(col(WebSession.token_digest) == bindparam("token"))
    .options(
        joinedload(WebSession.person).joinedload(Person.city).joinedload(City.memberships),  # type: ignore[arg-type]  # SQLModel types relations as their values
        joinedload(WebSession.person).joinedload(Person.roles),  # type: ignore[arg-type]  # as above
    )
)


class SessionState(Enum):
    """What a session opens."""

    OPEN = auto()
    AWAITS_FACTOR = auto()  # the link was used; the second factor was not
    MUST_ENROL = auto()  # its person has no second factor, and the time to set one up is over
    ENDED = auto()  # by its person, by its limits, or because they left


@dataclass(frozen=True)
class Visit:
    """A browser that brings a session's token. ``viewer`` is its person, whether it still opens or not."""

    viewer: Viewer
    state: SessionState
    is_unseen: bool  # nobody noted for a while that the session is in use


def visit_of(session: Session, token: str, settings: Settings, now: datetime) -> Visit | None:
    """Whose token it is, and what it opens; None for an unknown one."""
    found = session.exec(_BY_TOKEN, params={"token": digest(token)}).unique().first()
    if found is None:
        return None
    viewer = Viewer(
        person=found.person,
        standing=standing_of(session, found.person, now),
        session_id=found.id or 0,
        proved_at=found.proved_at,
        factor_due_at=found.factor_due_at,
    )
    is_unseen = now - (found.last_seen_at or found.created_at) >= SEEN_EVERY
    return Visit(viewer, _state(found, settings, now), is_unseen)


def idle_limit(person: Person, settings: Settings) -> timedelta:
    """After how long without a request a session of ``person`` ends. Needs their roles loaded."""
    minutes = settings.session_idle_minutes
    if person.needs_second_factor:
        minutes = min(minutes, settings.session_idle_minutes_trusted)
    return timedelta(minutes=minutes)


def note_seen(database: Database, session_id: int, now: datetime) -> None:
    """Write down that a session is in use, after its answer has left: no reader waits for the write.

    No audit row: it changes nothing about anybody. A note that cannot be made is made a request later.
    """
    seen = update(WebSession).where(col(WebSession.id) == session_id).values(last_seen_at=now)
    try:
        with database.connected() as connection, connection.begin():
            connection.execute(seen)
    except OperationalError:
        return


def _state(found: WebSession, settings: Settings, now: datetime) -> SessionState:
    idle_since = found.last_seen_at or found.created_at
    is_over = found.expires_at <= now or idle_since + idle_limit(found.person, settings) <= now
    if found.revoked_at or is_over or not found.person.is_active:
        return SessionState.ENDED
    if found.awaits_factor:
        return SessionState.AWAITS_FACTOR
    if found.factor_due_at is not None and found.factor_due_at <= now:
        return SessionState.MUST_ENROL
    return SessionState.OPEN

"""Sessions kept by the server: who a browser's token belongs to.

It reads; accounts.actions makes and revokes sessions.
"""

from datetime import datetime

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.models import City, GroupMember, Person, WebSession
from exchange.tokens import digest
from exchange.web.request import Viewer

COOKIE_KEY = "token"  # where Flask's signed cookie holds the session's token


def viewer_of(session: Session, token: str, now: datetime) -> Viewer | None:
    """The person signed in with ``token``; None when it is unknown, expired or revoked, or they left."""
    person_and_city = joinedload(WebSession.person).joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    found = session.exec(
        select(WebSession)
        .where(WebSession.token_digest == digest(token))
        .options(
            person_and_city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            joinedload(WebSession.person).selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None or found.revoked_at or found.expires_at <= now or not found.person.is_active:
        return None
    groups = session.exec(select(GroupMember.group_id).where(col(GroupMember.person_id) == found.person_id))
    return Viewer(person=found.person, group_ids=frozenset(groups), session_id=found.id or 0)

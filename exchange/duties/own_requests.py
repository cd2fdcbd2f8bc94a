"""What people asked for by the public forms: one person's own, and forgetting who asked."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlmodel import Session, SQLModel, col, func, select

from exchange.models import NetworkRequest, RequestState
from exchange.rules.duties.request_rules import CONFIRM_DAYS

_TABLES = SQLModel.metadata.tables
_WORDS = ("name", "email", "document", "wanted_format", "technology", "words", "outcome")


def own_requests(session: Session, person_id: int, *, is_open: bool = False) -> Sequence[NetworkRequest]:
    """What a person asked for while signed in, the newest first; or what nobody answered yet of it."""
    mine = select(NetworkRequest).where(NetworkRequest.person_id == person_id)
    if is_open:
        mine = mine.where(NetworkRequest.state == RequestState.OPEN)
    return session.exec(mine.order_by(col(NetworkRequest.id).desc())).all()


def requests_due(session: Session, before: datetime, now: datetime) -> int:
    """How many ended before that and still say who asked, or were not confirmed in time."""
    due = or_(_ended(before), _unconfirmed(now))
    return session.exec(select(func.count()).select_from(NetworkRequest).where(due)).one()


def forget_requests(session: Session, before: datetime, now: datetime) -> int:
    """Take the words out of those that ended, and delete those that nobody confirmed; how many."""
    return _forget_words(session, _ended(before)) + _delete(session, _unconfirmed(now))


def forget_requests_of(session: Session, person_id: int, addresses: Collection[str], now: datetime) -> None:
    """Of somebody who is erased: what they asked for ends, and says nothing of them."""
    is_theirs = or_(
        col(NetworkRequest.person_id) == person_id,
        col(NetworkRequest.email).in_([one.lower() for one in addresses]),
    )
    _delete(session, and_(is_theirs, col(NetworkRequest.state) == RequestState.UNCONFIRMED))
    table = _TABLES["network_request"]
    ended = {"state": RequestState.WITHDRAWN.value, "decided_at": now}
    is_open = col(NetworkRequest.state) == RequestState.OPEN
    session.connection().execute(update(table).where(is_theirs, is_open).values(ended))
    _forget_words(session, is_theirs)


def _forget_words(session: Session, which: ColumnElement[bool]) -> int:
    table, events = _TABLES["network_request"], _TABLES["request_event"]
    connection = session.connection()
    its = select(NetworkRequest.id).where(which)
    connection.execute(update(events).where(events.c.request_id.in_(its)).values(text=""))
    return connection.execute(update(table).where(which).values(dict.fromkeys(_WORDS, ""))).rowcount


def _delete(session: Session, which: ColumnElement[bool]) -> int:
    table, events = _TABLES["network_request"], _TABLES["request_event"]
    connection = session.connection()
    its = select(NetworkRequest.id).where(which)
    connection.execute(delete(events).where(events.c.request_id.in_(its)))
    return connection.execute(delete(table).where(which)).rowcount


def _ended(before: datetime) -> ColumnElement[bool]:
    return and_(col(NetworkRequest.decided_at) < before, col(NetworkRequest.email) != "")


def _unconfirmed(now: datetime) -> ColumnElement[bool]:
    since = now - timedelta(days=CONFIRM_DAYS)
    return and_(col(NetworkRequest.state) == RequestState.UNCONFIRMED, col(NetworkRequest.made_at) <= since)

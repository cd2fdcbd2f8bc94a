"""What who asks does: ask, confirm by the link, write, withdraw. Each in the audit trail, without a name.

Given session and By; commits nothing and knows no pages.
"""

from datetime import timedelta

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.city_calendars import city_calendar
from exchange.errors import Conflict, InvalidInput
from exchange.models import City, NetworkRequest, RequestEvent, RequestState
from exchange.network.drafts import checked_email
from exchange.requests.drafts import Asked
from exchange.requests.letters import By, follow_link, forget_extension, queue_receipt, token_of
from exchange.requests.rules import rules_of
from exchange.rules.duties.request_rules import CONFIRM_DAYS, RequestRules
from exchange.rules.duties.requests import promise
from exchange.rules.time.timezones import wall_time
from exchange.tokens import digest, new_token

ENDED = "This request has ended: nothing about it changes any more."


def ask(session: Session, given: Asked, by: By) -> NetworkRequest:
    """Keep what is asked for; of who is signed in it is confirmed, of everybody else a link confirms it.

    An address that has a receipt nobody used yet gets no other before, however many ask at once. Raises
    InvalidInput at its field.
    """
    audit.wait_for_turn(session)
    rules = rules_of(by.settings)
    email = checked_email(given.email)
    waits = _unconfirmed(session, email, by)
    host = _host(session, rules)
    asked_on = wall_time(by.now, host.time_zone).on
    days = promise(asked_on, rules.spans[given.kind], city_calendar(host, asked_on))
    made = NetworkRequest(
        kind=given.kind,
        name=given.name,
        email=email,
        language=given.language,
        product_id=given.product_id,
        document=given.document,
        wanted_format=given.wanted_format,
        technology=given.technology,
        words=given.words,
        city_id=host.id or 0,
        made_at=by.now,
        asked_on=asked_on,
        due_on=days.due_on,
        remind_on=days.remind_on,
        token_digest=digest(new_token()),
    )
    if by.actor is not None:
        made.person_id, made.confirmed_at, made.state = by.actor.id, by.now, RequestState.OPEN
    session.add(made)
    session.flush()
    made.token_digest = digest(token_of(made, by.settings))
    if by.actor is not None or not waits:
        send_receipt(session, made, by)
    note(session, made, "ask", by, kind=given.kind, due_on=days.due_on.isoformat())
    return made


def confirm(session: Session, asked: NetworkRequest, by: By) -> None:
    """Its address is that of who asked: whoever owes an answer hears of it. A second time changes nothing.

    The next request with this address that waits for a receipt gets it now.
    """
    if asked.state != RequestState.UNCONFIRMED:
        return
    asked.state, asked.confirmed_at = RequestState.OPEN, by.now
    note(session, asked, "confirm", by)
    for waiting in _unconfirmed(session, asked.email, by)[:1]:
        send_receipt(session, waiting, by)


def write(session: Session, asked: NetworkRequest, text: str, by: By) -> None:
    """Add a message of who asked. Raises Conflict once it has ended."""
    _check_going(asked)
    note(session, asked, "message", by, text=text)


def withdraw(session: Session, asked: NetworkRequest, by: By) -> None:
    """Who asked does not need it any more. Raises Conflict once it has ended."""
    _check_going(asked)
    asked.state, asked.decided_at = RequestState.WITHDRAWN, by.now
    forget_extension(session, asked)
    note(session, asked, "withdraw", by)


def send_receipt(session: Session, asked: NetworkRequest, by: By) -> None:
    """Its one receipt; the link in it confirms and follows it."""
    link = follow_link(token_of(asked, by.settings), by.settings)
    queue_receipt(session, asked, link, by)


def note(
    session: Session, asked: NetworkRequest, deed: str, by: By, *, text: str = "", **after: object
) -> None:
    """Write a deed into the history of the request and into the trail, which has nothing of its words."""
    asked.version += 1
    session.add(asked)
    by_id = by.actor.id if by.actor else None
    session.add(RequestEvent(request_id=asked.id or 0, at=by.now, by_id=by_id, deed=deed, text=text))
    session.flush()
    subject = f"request:{asked.id}"
    audit.record(
        session, actor=by.actor, action=f"{deed} request", subject=subject, after=dict(after), now=by.now
    )


def _check_going(asked: NetworkRequest) -> None:
    if asked.state != RequestState.OPEN:
        raise Conflict(ENDED)


def _unconfirmed(session: Session, email: str, by: By) -> list[NetworkRequest]:
    """Those with this address that nobody confirmed and that are not forgotten yet, the oldest first."""
    since = by.now - timedelta(days=CONFIRM_DAYS)
    waiting = select(NetworkRequest).where(
        NetworkRequest.email == email,
        NetworkRequest.state == RequestState.UNCONFIRMED,
        col(NetworkRequest.made_at) > since,
    )
    return list(session.exec(waiting.order_by(col(NetworkRequest.id))))


def _host(session: Session, rules: RequestRules) -> City:
    """The city whose days count. Raises InvalidInput while the network has none of that name."""
    found = session.exec(
        select(City)
        .where(City.slug == rules.host_city)
        .options(selectinload(City.memberships), selectinload(City.quiet_periods))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).first()
    if found is None:
        raise InvalidInput("Nothing can be asked for yet: the network has no host city for requests.")
    return found


def with_token(session: Session, token: str) -> NetworkRequest | None:
    """The request that a link follows; None for a forged one."""
    return session.exec(
        select(NetworkRequest)
        .where(NetworkRequest.token_digest == digest(token))
        .options(joinedload(NetworkRequest.city), selectinload(NetworkRequest.events))  # type: ignore[arg-type]  # as above
    ).first()

"""What coordinators, and originators of reports, owe about requests by public forms. Reads only."""

from collections.abc import Iterator

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.request_things import originating_authors, originating_city, thing_of_request
from exchange.duties.listed import Listed, Window
from exchange.models import NetworkRequest, Product, RequestState
from exchange.rules.duties.duty import Owner, Role
from exchange.rules.duties.request_rules import RequestKind
from exchange.rules.duties.requests import Promise, request_duty
from exchange.rules.sentences import Sentence

REQUEST = "request"  # a kind of config/duties.toml
WHAT = {
    RequestKind.FORMAT: Sentence("Answer who asked for an accessible format"),
    RequestKind.REPORT: Sentence("Decide on the release of a report"),
    RequestKind.JOIN: Sentence("Answer who would like to join or take part"),
    RequestKind.DATA: Sentence("Answer who asked about their data"),
    RequestKind.FAULT: Sentence("Answer who met a fault or a barrier on this site"),
}


def duties_of_requests(session: Session, window: Window) -> Iterator[Listed]:
    """One for each that somebody confirmed and that did not end by being withdrawn, without who asked."""
    product = joinedload(NetworkRequest.product)  # type: ignore[arg-type]  # SQLModel types relations as their values
    found = session.exec(
        select(NetworkRequest)
        .where(
            col(NetworkRequest.due_on).between(window.first_on, window.last_on),
            col(NetworkRequest.state).in_((RequestState.OPEN, RequestState.DONE, RequestState.REFUSED)),
        )
        .options(
            joinedload(NetworkRequest.city),  # type: ignore[arg-type]  # as above
            joinedload(NetworkRequest.assigned_to),  # type: ignore[arg-type]  # as above
            product.joinedload(Product.cycle),  # type: ignore[arg-type]  # as above
            product.joinedload(Product.training),  # type: ignore[arg-type]  # as above
            product.selectinload(Product.credits),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(NetworkRequest.id))
    )
    for one in found:
        duty = request_duty(
            one.id or 0,
            WHAT[RequestKind(one.kind)],
            owner_of(one),
            Promise(one.due_on, one.remind_on),
            one.city.time_zone,
            done_at=one.decided_at,
        )
        yield Listed(duty, REQUEST, thing_of_request(one), f"/requests/{one.id}")


def owner_of(asked: NetworkRequest) -> Owner:
    """Whom it was given to, while they are here; of a report its lead city or first author.

    Else the coordinators together.
    """
    if asked.assigned_to is not None and asked.assigned_to.is_active:
        return Owner(Role.PERSON, asked.assigned_to_id)
    city, authors = originating_city(asked), originating_authors(asked)
    if city is not None:
        return Owner(Role.CITY_LEAD, city)
    return Owner(Role.PERSON, min(authors)) if authors else Owner(Role.COORDINATOR)

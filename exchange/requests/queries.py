"""What the pages of requests show: lists, one request, what was released, and the figures of a span."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, func, select

from exchange.access.request_things import thing_of_request
from exchange.errors import NotFound
from exchange.models import (
    Cycle,
    NetworkRequest,
    Person,
    PersonRole,
    Product,
    RequestEvent,
    RequestState,
    Role,
    TrainingEvent,
)
from exchange.rules.access import policy
from exchange.rules.access.policy import Right
from exchange.rules.access.standing import Standing
from exchange.rules.duties.request_rules import RequestKind
from exchange.rules.time.answer_deadlines import is_open
from exchange.tokens import digest
from exchange.web.presentation.paging import Paged, page_of_query

OPEN, LATE, ENDED, ALL = "open", "late", "done", "all"
WHICH = (OPEN, LATE, ENDED, ALL)


def requests_page(
    session: Session, which: str, kind: str, page: int, *, today: date
) -> Paged[NetworkRequest]:
    """Those that somebody confirmed, by the day they are due; ``today`` is a date on the host's wall."""
    found = select(NetworkRequest).where(NetworkRequest.state != RequestState.UNCONFIRMED)
    if which in (OPEN, LATE):
        found = found.where(NetworkRequest.state == RequestState.OPEN)
    if which == LATE:
        found = found.where(col(NetworkRequest.due_on) < today)
    if which == ENDED:
        found = found.where(NetworkRequest.state != RequestState.OPEN)
    if kind:
        found = found.where(NetworkRequest.kind == kind)
    by_day = found.order_by(col(NetworkRequest.due_on), col(NetworkRequest.id))
    return page_of_query(session, by_day, page, joinedload(NetworkRequest.city))  # type: ignore[arg-type]  # SQLModel types relations as their values


def request_for(session: Session, standing: Standing, request_id: int, right: Right) -> NetworkRequest:
    """One that was confirmed. Raises NotFound as well when it is not the reader's."""
    found = session.exec(
        select(NetworkRequest)
        .where(NetworkRequest.id == request_id, NetworkRequest.state != RequestState.UNCONFIRMED)
        .options(*_load())
    ).first()
    if found is None or not policy.may(standing, right, thing_of_request(found)):
        raise NotFound("There is no such request, or it is not for you to see.")
    return found


def released_with(session: Session, token: str) -> NetworkRequest | None:
    """The request whose release a link opens; None for a forged one."""
    return session.exec(
        select(NetworkRequest).where(NetworkRequest.release_digest == digest(token)).options(*_load())
    ).first()


def person_with_address(session: Session, email: str) -> Person | None:
    """Who of the network has the address; for coordinators alone."""
    return session.exec(
        select(Person).where(func.lower(col(Person.email)) == email, col(Person.is_active))
    ).first()


def is_late(asked: NetworkRequest, now: datetime) -> bool:
    """Whether its day is over on the host's wall and nobody answered; needs its city."""
    return asked.state == RequestState.OPEN and not is_open(asked.due_on, asked.city.time_zone, now)


@dataclass(frozen=True)
class Figures:
    """Of one kind: how many were asked, ended and refused, how many after their day, and how long it took.

    ``days`` is the mean from asking to the answer, in calendar days; None while nothing was answered.
    """

    asked: int
    answered: int
    refused: int
    late: int
    days: float | None


def figures_of(session: Session, from_on: date, to_on: date) -> Mapping[RequestKind, Figures]:
    """What was asked from one day to another, both included, dates on the host's wall. No names."""
    found = session.exec(
        select(NetworkRequest)
        .where(
            col(NetworkRequest.asked_on).between(from_on, to_on),
            NetworkRequest.state != RequestState.UNCONFIRMED,
        )
        .options(joinedload(NetworkRequest.city))  # type: ignore[arg-type]  # as above
    ).all()
    return {kind: _figures([one for one in found if one.kind == kind]) for kind in RequestKind}


def _figures(found: list[NetworkRequest]) -> Figures:
    ended = [one for one in found if one.state in (RequestState.DONE, RequestState.REFUSED)]
    took = [(one.decided_at - one.made_at).total_seconds() / 86_400 for one in ended if one.decided_at]
    return Figures(
        asked=len(found),
        answered=sum(one.state == RequestState.DONE for one in found),
        refused=sum(one.state == RequestState.REFUSED for one in found),
        late=sum(
            not is_open(one.due_on, one.city.time_zone, one.decided_at) for one in ended if one.decided_at
        ),
        days=sum(took) / len(took) if took else None,
    )


def _load() -> tuple[ORMOption, ...]:
    product = joinedload(NetworkRequest.product)  # type: ignore[arg-type]  # as above
    cycle, training = product.joinedload(Product.cycle), product.joinedload(Product.training)  # type: ignore[arg-type]  # as above
    return (
        joinedload(NetworkRequest.city),  # type: ignore[arg-type]  # as above
        joinedload(NetworkRequest.assigned_to),  # type: ignore[arg-type]  # as above
        selectinload(NetworkRequest.events).joinedload(RequestEvent.by),  # type: ignore[arg-type]  # as above
        product.selectinload(Product.attachments),  # type: ignore[arg-type]  # as above
        product.selectinload(Product.versions),  # type: ignore[arg-type]  # as above
        product.selectinload(Product.credits),  # type: ignore[arg-type]  # as above
        product.selectinload(Product.cities),  # type: ignore[arg-type]  # as above
        product.selectinload(Product.groups),  # type: ignore[arg-type]  # as above
        *(cycle.selectinload(Cycle.cities), cycle.selectinload(Cycle.groups)),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
    )


def coordinators(session: Session) -> Sequence[Person]:
    """Those who may be given a request, by name."""
    return session.exec(
        select(Person)
        .join(PersonRole)
        .where(PersonRole.role == Role.COORDINATOR, col(Person.is_active))
        .order_by(col(Person.name))
    ).all()

"""What the pages of people's data show: one person, their requests, and what is held of them by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.models import AddressChange, Person, RightsRequest
from exchange.network.queries import groups_of_people, person_with_id
from exchange.personal_data import schema_export

ANSWER_DAYS = 30  # a request is answered within a month of its day

# What is held, by kind: the tables it stands in. The words of each: templates/personal_data/_kinds.html.
KINDS: Mapping[str, tuple[str, ...]] = {
    "contact": ("person", "person_role"),
    "seats": ("group_member", "board_member", "preparation_member"),
    "attendance": ("invitation", "attendance", "attendance_sheet", "nomination"),
    "needs": ("attendance_need",),
    "answers": (
        *("ask_addressee", "ask_party", "contribution", "contribution_version", "attachment"),
        *("product_version", "product_reviewer", "product_credit", "review_comment"),
        *("plan_request", "override"),
        *("letter_wording", "preparation_step", "improvement_action", "deliverable"),
        *("note", "standing_document", "frozen_figures"),
    ),
    "letters": ("letter", "chase", "handled_mail", "refused_address"),
    "access": (
        *("web_session", "sign_in_link", "personal_link", "feed", "feed_address", "address_change"),
        *("second_factor", "passkey", "recovery_code", "provider_account"),
    ),
    "busy": ("busy_calendar", "busy_interval"),
    "trail": ("audit_entry",),
    "requests": ("rights_request", "erasure", "network_request", "request_event"),
}
OTHER = "other"


@dataclass(frozen=True)
class Waiting:
    """A request with the day by which it is answered."""

    request: RightsRequest
    answer_by: datetime


def held_by_kind(session: Session, person: Person) -> dict[str, int]:
    """How many rows name the person, by kind; kinds without any are named, too."""
    kind_of = {table: kind for kind, tables in KINDS.items() for table in tables}
    counts = dict.fromkeys(KINDS, 0)
    for table, rows in schema_export.tables_of(session, person).items():
        kind = kind_of.get(table, OTHER)
        counts[kind] = counts.get(kind, 0) + len(rows)
    return counts


def requests_of(session: Session, person: Person) -> Sequence[RightsRequest]:
    """What the person asked for, the newest first."""
    return session.exec(
        select(RightsRequest)
        .where(RightsRequest.person_id == person.id)
        .order_by(col(RightsRequest.id).desc())
    ).all()


def waiting_requests(session: Session) -> list[Waiting]:
    """Requests that nobody decided, the oldest first, with their person."""
    found = session.exec(
        select(RightsRequest)
        .where(RightsRequest.decision == "")
        .options(joinedload(RightsRequest.person).joinedload(Person.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(RightsRequest.made_at))
    )
    return [Waiting(one, one.made_at + timedelta(days=ANSWER_DAYS)) for one in found]


def waiting_request(session: Session, request_id: int) -> Waiting:
    """One request that nobody decided. Raises NotFound."""
    found = next((one for one in waiting_requests(session) if one.request.id == request_id), None)
    if found is None:
        raise NotFound("There is no such request, or it was decided.")
    return found


def waiting_address(session: Session, person: Person, now: datetime) -> AddressChange | None:
    """The address that waits to be confirmed, if any."""
    return session.exec(
        select(AddressChange).where(
            AddressChange.person_id == person.id,
            AddressChange.new_address != "",
            col(AddressChange.expires_at) > now,
        )
    ).first()


def group_ids_of(session: Session, person: Person) -> list[int]:
    """The expert groups the person sits in: a form's fingerprint counts them."""
    found = groups_of_people(session).get(person.id or 0, [])
    return [group.id for group in found if group.id]


__all__ = [
    "group_ids_of",
    "held_by_kind",
    "person_with_id",
    "requests_of",
    "waiting_address",
    "waiting_request",
    "waiting_requests",
]

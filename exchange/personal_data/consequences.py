"""What erasing somebody takes away and what it leaves, counted before anybody confirms it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from exchange.models import Person

_TABLES = SQLModel.metadata.tables
_GOES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "letters": (("letter", "person_id"),),
    "seats": (
        ("group_member", "person_id"),
        ("board_member", "person_id"),
        ("preparation_member", "person_id"),
    ),
    "sessions": (("web_session", "person_id"),),
    "links": (("personal_link", "person_id"),),
    "calendars": (("feed", "person_id"), ("busy_calendar", "person_id")),
    "needs": (("attendance_need", "person_id"),),
}
_STAYS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "invitations": (("invitation", "person_id"),),
    "presences": (("attendance", "person_id"),),
    "answers": (("contribution_version", "person_id"), ("attachment", "person_id")),
    "reviews": (("product_reviewer", "person_id"),),
    "versions": (("product_version", "person_id"), ("product_credit", "person_id")),
    "decisions": (
        ("override", "person_id"),
        ("review_comment", "decided_by_id"),
        ("plan_request", "asked_by_id"),
        ("frozen_figures", "made_by_id"),
        ("preparation_step", "owner_id"),
        ("improvement_action", "owner_id"),
        ("improvement_action", "verified_by_id"),
        ("note", "author_id"),
        ("note", "confirmed_by_id"),
        ("deliverable", "owner_id"),
        ("standing_document", "owner_id"),
    ),
    "entries": (("audit_entry", "actor_id"),),
}


@dataclass(frozen=True)
class Consequences:
    """How many rows of each kind go or are emptied, and how many stay under "Former contact #n"."""

    goes: Mapping[str, int]
    stays: Mapping[str, int]


def consequences_of(session: Session, person: Person) -> Consequences:
    """What is there of the person at this moment."""
    return Consequences(_counted(session, person, _GOES), _counted(session, person, _STAYS))


def _counted(
    session: Session, person: Person, kinds: Mapping[str, tuple[tuple[str, str], ...]]
) -> dict[str, int]:
    return {
        kind: sum(_count(session, table, column, person) for table, column in places)
        for kind, places in kinds.items()
    }


def _count(session: Session, table: str, column: str, person: Person) -> int:
    found = select(func.count()).where(_TABLES[table].c[column] == person.id)
    return session.connection().execute(found).scalar_one()

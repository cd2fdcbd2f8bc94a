"""Adding and editing people. Who sits in which body is changed in seats.py."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import InvalidInput
from exchange.feeds.changes import mark_person_stale
from exchange.mail.outbox import withdraw_waiting
from exchange.models import GroupMember, Person, PersonRole, Role
from exchange.network.actions.saving import flush, insert, refuse_stale, take
from exchange.network.drafts import PersonDraft, checked_person, draft_of_person, facts


def add_person(session: Session, draft: PersonDraft, *, actor: Person | None, now: datetime) -> Person:
    """A new person. Raises InvalidInput, field "email", when the address is somebody's."""
    draft = checked_person(draft)
    person = Person(name="", email="", city_id=draft.city_id)
    _write(person, draft)
    insert(session, person)
    audit.record(
        session, actor=actor, action="add person", subject=f"person:{person.id}", after=facts(draft), now=now
    )
    return person


def edit_person(
    session: Session,
    person: Person,
    draft: PersonDraft,
    *,
    seen: str | None = None,
    actor: Person,
    now: datetime,
) -> None:
    """Write the draft over the person. ``seen`` is the fingerprint the form carried, groups included.

    Raises InvalidInput when nobody would be left to coordinate the network.
    """
    draft = checked_person(draft)
    take(session, person)
    present = draft_of_person(person)
    refuse_stale(present, seen, _group_ids(session, person))
    before, after = facts(present), facts(draft)
    if before == after:
        return
    if _coordinates(present) and not _coordinates(draft):
        _refuse_last_coordinator(session, person, draft)
    _write(person, draft)
    flush(session, person)
    mark_person_stale(session, person)
    withdraw_waiting(session, person_id=person.id, why="The person's entry was changed.")
    subject = f"person:{person.id}"
    audit.record(
        session, actor=actor, action="edit person", subject=subject, before=before, after=after, now=now
    )


def _group_ids(session: Session, person: Person) -> Sequence[int]:
    return session.exec(select(GroupMember.group_id).where(GroupMember.person_id == person.id)).all()


def _write(person: Person, draft: PersonDraft) -> None:
    person.name = draft.name
    person.email = draft.email
    person.city_id = draft.city_id
    person.language = draft.language
    person.is_active = draft.is_active
    kept = {held.role: held for held in person.roles}
    person.roles = [
        kept.get(role) or PersonRole(role=role)  # type: ignore[call-arg]  # the relation gives person_id
        for role in sorted(draft.roles)
    ]


def _coordinates(draft: PersonDraft) -> bool:
    return draft.is_active and Role.COORDINATOR in draft.roles


def _refuse_last_coordinator(session: Session, person: Person, draft: PersonDraft) -> None:
    others = session.exec(
        select(PersonRole.person_id)
        .join(Person)
        .where(PersonRole.role == Role.COORDINATOR, col(Person.is_active), Person.id != person.id)
    ).first()
    if others is None:
        raise InvalidInput(
            "%(name)s is the only coordinator. Make somebody else one first.",
            field="is_active" if Role.COORDINATOR in draft.roles else "roles",
            name=person.name,
        )

"""Appointing people to roles and ending their roles, each with its reason."""

from dataclasses import replace

from sqlmodel import Session

from exchange.errors import InvalidInput
from exchange.lifecycle import Change, needed
from exchange.models import Person, Role
from exchange.network.actions.people import change_person
from exchange.network.actions.saving import take
from exchange.network.drafts import PersonDraft, draft_of_person
from exchange.settings import Settings

GIVE, END = "give role", "end role"  # in the audit trail


def give_role(session: Session, person: Person, role: Role, change: Change, *, settings: Settings) -> None:
    """Appoint the person. Raises InvalidInput without a reason, and when they hold the role already."""
    present = _present(session, person, change)
    if role in present.roles:
        raise InvalidInput("%(name)s holds this role already.", field="role", name=person.name)
    draft = replace(present, roles=present.roles | {role})
    change_person(session, person, draft, change, settings=settings)


def end_role(session: Session, person: Person, role: Role, change: Change, *, settings: Settings) -> None:
    """End the role. Raises InvalidInput without a reason, and when nobody would be left to coordinate."""
    present = _present(session, person, change)
    if role not in present.roles:
        raise InvalidInput("%(name)s does not hold this role.", field="role", name=person.name)
    draft = replace(present, roles=present.roles - {role})
    change_person(session, person, draft, change, settings=settings)


def _present(session: Session, person: Person, change: Change) -> PersonDraft:
    """The person as they stand once nobody else changes anything."""
    needed(change.reason)
    take(session, person)
    return draft_of_person(person)

"""A new address for somebody's letters and sign-in: given signed in, in force once confirmed from there."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from exchange import audit
from exchange.errors import InvalidInput, NotFound
from exchange.models import AddressChange, Person
from exchange.network.actions.people import edit_person
from exchange.network.drafts import checked_person, draft_of_person
from exchange.network.erased_addresses import block_on
from exchange.network.queries import person_with_id
from exchange.personal_data.rights_letters import ADDRESS_HOURS, NewAddress, queue_address_letters
from exchange.settings import Settings
from exchange.tokens import digest, new_token

UNKNOWN = "This link was used before, or its time is over. Ask for another one on the page of your data."


def give_address(
    session: Session, person: Person, address: str, *, settings: Settings, now: datetime
) -> None:
    """Queue the letters that lead to the change; an earlier address that waits is forgotten.

    When somebody else has the address, or somebody erased had it, no link goes there, and nothing here
    says so. Needs the roles loaded. Raises InvalidInput, field "email".
    """
    audit.wait_for_turn(session)
    email = checked_person(replace(draft_of_person(person), email=address)).email
    if email == person.email:
        raise InvalidInput("This is your address already.", field="email")
    _forget_waiting(session, person)
    token = new_token()
    change = AddressChange(
        person_id=person.id or 0,
        new_address=email,
        token_digest=digest(token),
        asked_at=now,
        expires_at=now + timedelta(hours=ADDRESS_HOURS),
    )
    session.add(change)
    session.flush()
    if not (_is_taken(session, email) or block_on(session, email, settings)):
        new = NewAddress(str(change.id), email, f"{settings.base_url.rstrip('/')}/new-address/{token}")
        queue_address_letters(session, person, new, settings=settings, now=now)
    subject = f"person:{person.id}"
    audit.record(session, actor=person, action="give new address", subject=subject, now=now)


def waiting_change(session: Session, token: str, now: datetime) -> AddressChange:
    """The change that a link confirms. Raises NotFound when it was used, has expired, or never was."""
    found = session.exec(
        select(AddressChange).where(
            AddressChange.token_digest == digest(token),
            col(AddressChange.used_at).is_(None),
            col(AddressChange.expires_at) > now,
            AddressChange.new_address != "",
        )
    ).first()
    if found is None or not found.person.is_active:
        raise NotFound(UNKNOWN)
    return found


def confirm_address(session: Session, token: str, *, settings: Settings, now: datetime) -> None:
    """Put the new address in force; of two who press the button one does. Raises NotFound, InvalidInput."""
    audit.wait_for_turn(session)
    change = waiting_change(session, token, now)
    email = change.new_address
    claim = (
        update(AddressChange)
        .where(col(AddressChange.id) == change.id, col(AddressChange.used_at).is_(None))
        .values(used_at=now, new_address="")
    )
    if session.connection().execute(claim).rowcount != 1:
        raise NotFound(UNKNOWN)
    person = person_with_id(session, change.person_id)
    draft = replace(draft_of_person(person), email=email)
    edit_person(session, person, draft, actor=person, settings=settings, now=now)


def forget_expired(session: Session, now: datetime) -> int:
    """Take away the addresses that nobody confirmed in time; how many."""
    gone = (
        update(AddressChange)
        .where(col(AddressChange.expires_at) <= now, col(AddressChange.new_address) != "")
        .values(new_address="")
    )
    return session.connection().execute(gone).rowcount


def _forget_waiting(session: Session, person: Person) -> None:
    waiting = (col(AddressChange.person_id) == person.id) & col(AddressChange.used_at).is_(None)
    session.connection().execute(update(AddressChange).where(waiting).values(new_address=""))


def _is_taken(session: Session, email: str) -> bool:
    return session.exec(select(Person.id).where(func.lower(col(Person.email)) == email)).first() is not None

"""Addresses that a mail server refused for good: marked, shown to coordinators, cleared by them.

The outbox takes no letters to them (outbox.queue), and the schedule leaves their readers out. A person
whose address is corrected is not marked: the mark is the address's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from exchange import audit
from exchange.errors import NotFound
from exchange.mail.outbox.withdrawals import withdraw_all_to
from exchange.models import Person, RefusedAddress

_REFUSED: Table = SQLModel.metadata.tables["refused_address"]
WORDS_MAX = 500  # characters of a server's words that are kept


@dataclass(frozen=True)
class Mark:
    """A refused address with the person who has it now; None when nobody has."""

    refused: RefusedAddress
    person: Person | None


def mark_refused(session: Session, address: str, *, words: str, letter_id: int | None, now: datetime) -> bool:
    """Send no more letters to an address; what waits for its person is taken back. False when it was marked.

    Whoever marks it first says why. Writers take turns here.
    """
    audit.wait_for_turn(session)
    values = {
        "address": address.lower(),
        "refused_at": now,
        "words": words[:WORDS_MAX],
        "letter_id": letter_id,
    }
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(_REFUSED).values(values).on_conflict_do_nothing().returning(_REFUSED.c.id)
    if session.connection().execute(statement).first() is None:
        return False
    person = session.exec(select(Person).where(Person.email == address.lower())).first()
    if person is not None:
        withdraw_all_to(session, person.id or 0, "The address takes no letters.")
    subject = f"person:{person.id}" if person else "address"
    audit.record(session, actor=None, action="mark address refused", subject=subject, now=now)
    return True


def marks(session: Session) -> Sequence[Mark]:
    """All refused addresses, the newest first."""
    rows = session.exec(
        select(RefusedAddress, Person)
        .join(Person, col(Person.email) == col(RefusedAddress.address), isouter=True)
        .order_by(col(RefusedAddress.id).desc())
    )
    return [Mark(refused, person) for refused, person in rows]


def count_marks(session: Session) -> int:
    """How many addresses take no letters, of people who would get some."""
    return session.exec(
        select(func.count())
        .select_from(RefusedAddress)
        .join(Person, (col(Person.email) == col(RefusedAddress.address)) & col(Person.is_active))
    ).one()


def clear_mark(session: Session, mark_id: int, *, actor: Person | None, now: datetime) -> str:
    """Send letters to an address again; the address. Raises NotFound when somebody cleared it before."""
    audit.wait_for_turn(session)
    found = session.get(RefusedAddress, mark_id)
    if found is None:
        raise NotFound("That address is not marked; somebody may have cleared it meanwhile.")
    address = found.address
    person = session.exec(select(Person).where(Person.email == address)).first()
    session.delete(found)
    session.flush()
    subject = f"person:{person.id}" if person else "address"
    audit.record(session, actor=actor, action="clear refused address", subject=subject, now=now)
    return address

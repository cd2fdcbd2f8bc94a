"""Notes as pages show them, and what a form offers to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.note_things import thing_of_note
from exchange.access.standings import standing_of
from exchange.errors import NotFound
from exchange.mail.outbox.letter_queue import NOTE
from exchange.models import (
    Board,
    City,
    ExpertGroup,
    Letter,
    Note,
    Organisation,
    Person,
    PersonRole,
    Role,
)
from exchange.rules.access.policy import Right, may

Named = Sequence[tuple[int, str]]  # id and name
GONE = "There is no such page, or it is not for you to see."


@dataclass(frozen=True)
class Offered:
    """Whom a note may be for."""

    cities: Named
    groups: Named
    boards: Named
    organisations: Named


def offered(session: Session) -> Offered:
    """All cities, groups, boards and organisations, by name."""
    return Offered(*(_named(session, table) for table in (City, ExpertGroup, Board, Organisation)))


def notes_of_all(session: Session) -> Sequence[Note]:
    """Every note with its author, the latest first; who may know of which, the reader asks."""
    author = joinedload(Note.author)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(select(Note).options(author).order_by(col(Note.id).desc())).all()


def note_with_id(session: Session, note_id: int, *, locks: bool = False) -> Note:
    """One note with its author and the note it corrects, locked until the transaction ends if asked for.

    Raises NotFound.
    """
    if locks:
        session.exec(select(Note.id).where(Note.id == note_id).with_for_update()).first()
    author, corrected = joinedload(Note.author), joinedload(Note.corrects)  # type: ignore[arg-type]  # as above
    found = session.exec(select(Note).where(Note.id == note_id).options(author, corrected)).first()
    if found is None:
        raise NotFound(GONE)
    return found


def corrections_of(session: Session, note: Note) -> Sequence[Note]:
    """The notes that correct it, the first first."""
    return session.exec(select(Note).where(Note.corrects_id == note.id).order_by(col(Note.id))).all()


def letters_by_state(session: Session, note: Note) -> dict[str, int]:
    """How many of its letters are in each state."""
    rows = session.exec(
        select(Letter.state, func.count())
        .where(Letter.note_id == note.id, Letter.kind == NOTE)
        .group_by(col(Letter.state))
    )
    return dict(rows.all())


def other_coordinators(session: Session, note: Note, asker: Person, now: datetime) -> list[Person]:
    """Who coordinates, may know of the note and is not ``asker``: one of them confirms an urgent one."""
    city = joinedload(Person.city).selectinload(City.memberships)  # type: ignore[arg-type]  # as above
    is_coordinator = col(Person.id).in_(
        select(PersonRole.person_id).where(PersonRole.role == Role.COORDINATOR)
    )
    people = session.exec(
        select(Person)
        .where(is_coordinator, col(Person.is_active), Person.id != asker.id)
        .options(city, selectinload(Person.roles))  # type: ignore[arg-type]  # as above
        .order_by(col(Person.id))
    ).all()
    thing = thing_of_note(note)
    return [one for one in people if may(standing_of(session, one, now), Right.REVIEW, thing)]


def _named(
    session: Session, table: type[City] | type[ExpertGroup] | type[Board] | type[Organisation]
) -> Named:
    rows = session.exec(select(table.id, table.name).order_by(col(table.name))).all()
    return [(row_id or 0, name) for row_id, name in rows]

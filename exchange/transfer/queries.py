"""What is read for imports and exports alone: names that rows may use, people and letters in batches."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ScalarSelect, SQLColumnExpression, String, and_, cast, func, not_, or_, select
from sqlmodel import Session, col

from exchange.access.kept_back import kept_back_from
from exchange.mail.outbox.letter_queue import TRIAL
from exchange.models import (
    City,
    ExpertGroup,
    GroupMember,
    Letter,
    Organisation,
    Person,
    PersonRole,
    Theme,
)
from exchange.rules.access.standing import NOBODY
from exchange.rules.programme.cycles import StagePlan
from exchange.transfer.drafts import Names, Place


class LetterRow(NamedTuple):
    """A letter as its table shows it."""

    id: int
    kind: str
    subject: str
    to_name: str
    state: str
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    last_answer: str


class PersonRow(NamedTuple):
    """A person as their table shows them; ``groups`` are keys of expert groups."""

    id: int
    is_active: bool
    name: str
    email: str
    city: str
    organisation: str | None
    language: str
    roles: Sequence[str]
    groups: Sequence[str]


def _joined(words: SQLColumnExpression[str], person_id: SQLColumnExpression[int]) -> ScalarSelect[str]:
    """What belongs to a person as one text: a statement with an id for each of them would cost more."""
    of_person = select(func.aggregate_strings(words, ",")).where(person_id == col(Person.id))
    return of_person.correlate(Person).scalar_subquery()


_OF_LETTERS = tuple(getattr(Letter, name) for name in LetterRow._fields)
_OF_PEOPLE = (
    col(Person.id),
    col(Person.is_active),
    col(Person.name),
    col(Person.email),
    col(City.name),
    col(Organisation.name),
    col(Person.language),
    _joined(col(PersonRole.role), col(PersonRole.person_id)),
    _joined(cast(col(GroupMember.group_id), String), col(GroupMember.person_id)),
)


def names_of(session: Session, plan: StagePlan) -> Names:
    """Cities by name, groups by key and name, themes by key and name."""
    cities = session.scalars(select(City)).all()
    groups = session.scalars(select(ExpertGroup)).all()
    themes = session.scalars(select(Theme)).all()
    return Names(
        cities={city.name.lower(): Place(city.id or 0, city.time_zone) for city in cities},
        groups={name.lower(): group.id or 0 for group in groups for name in (group.name, group.key)},
        themes={name.lower(): theme.id or 0 for theme in themes for name in (theme.name, theme.key)},
        weeks=plan.duration_weeks,
    )


def letters_after(session: Session, last: LetterRow | None, *, most: int) -> Sequence[LetterRow]:
    """The letters in the outbox that are older than the last, the newest first; plain columns, without text.

    None about what is TLP:RED, and no trials: one does not hold what it was about, whose marking may have
    risen since.
    """
    letter_id = col(Letter.id)
    statement = select(*_OF_LETTERS).where(
        kept_back_from(session, NOBODY).other_letters, col(Letter.kind) != TRIAL
    )
    if last is not None:
        statement = statement.where(letter_id < last.id)
    found = session.connection().execute(statement.order_by(letter_id.desc()).limit(most))
    return list(map(LetterRow._make, found.all()))


def people_after(session: Session, last: PersonRow | None, *, most: int) -> Sequence[PersonRow]:
    """Everybody after the last, but those erased: the active ones first, by name; plain columns."""
    is_active, name, person_id = col(Person.is_active), col(Person.name), col(Person.id)
    statement = (
        select(*_OF_PEOPLE)
        .join(City, col(City.id) == col(Person.city_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.erased_at).is_(None))
    )
    if last is not None:
        of_same = and_(name == last.name, person_id > last.id)
        later = and_(is_active.is_(last.is_active), or_(name > last.name, of_same))
        statement = statement.where(or_(later, not_(is_active)) if last.is_active else later)
    found = session.connection().execute(statement.order_by(is_active.desc(), name, person_id).limit(most))
    keys = {group.id: group.key for group in session.scalars(select(ExpertGroup))}
    return [
        PersonRow._make(
            (*row, sorted(_parts(roles)), [keys[one] for one in sorted(map(int, _parts(groups)))])
        )
        for *row, roles, groups in found
    ]


def _parts(joined: str | None) -> list[str]:
    return joined.split(",") if joined else []

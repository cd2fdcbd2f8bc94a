"""Rounds and needs as pages show them, each with its relations loaded in a constant number of statements."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.errors import Conflict, NotFound
from exchange.models import (
    SPEAKS_FOR_CITY,
    City,
    Cycle,
    MembershipStatus,
    Need,
    NeedEvent,
    NeedsRound,
    Person,
    PersonRole,
    Role,
    Theme,
    TrainingEvent,
)
from exchange.models.themes import TO_BE_CHOSEN

_ASKED = (*SPEAKS_FOR_CITY, Role.EXPERT)
_MEMBERS = (MembershipStatus.LEAD, MembershipStatus.MEMBER)


def rounds(session: Session) -> Sequence[NeedsRound]:
    """All rounds, the newest first."""
    return session.exec(
        select(NeedsRound).options(*_round_options()).order_by(col(NeedsRound.year).desc())
    ).all()


def round_of(session: Session, round_id: int) -> NeedsRound:
    """One round. Raises NotFound."""
    found = session.exec(
        select(NeedsRound).where(NeedsRound.id == round_id).options(*_round_options())
    ).first()
    if found is None:
        raise NotFound("There is no such needs round.")
    return found


def claim_round(session: Session, round_id: int, *, version: int) -> NeedsRound:
    """The round, locked until the transaction ends, as the sender of a form saw it.

    Raises NotFound, and Conflict when somebody saved it after the form was opened.
    """
    session.exec(select(NeedsRound.id).where(NeedsRound.id == round_id).with_for_update()).first()
    found = round_of(session, round_id)
    if found.version != version:
        raise Conflict(
            "The needs round of %(year)s was changed by somebody else meanwhile. Nothing of yours was saved:"
            " open it again, look at what changed, and repeat yours.",
            year=found.year,
        )
    return found


def needs(session: Session) -> Sequence[Need]:
    """The pipeline: all needs, the newest round first and in the board's order."""
    return session.exec(
        select(Need)
        .join(NeedsRound, col(Need.round_id) == col(NeedsRound.id))
        .options(*_need_options())
        .order_by(col(NeedsRound.year).desc(), col(Need.rank))
    ).all()


def needs_of_round(session: Session, round_: NeedsRound) -> Sequence[Need]:
    """The needs that the board took from a round, in its order."""
    return session.exec(
        select(Need).where(Need.round_id == round_.id).options(*_need_options()).order_by(col(Need.rank))
    ).all()


def need_of(session: Session, need_id: int) -> Need:
    """One need. Raises NotFound."""
    found = session.exec(select(Need).where(Need.id == need_id).options(*_need_options())).first()
    if found is None:
        raise NotFound("There is no such need.")
    return found


def claim_need(session: Session, need_id: int, *, version: int) -> Need:
    """The need, locked until the transaction ends, as the sender of a form saw it. Raises as claim_round."""
    session.exec(select(Need.id).where(Need.id == need_id).with_for_update()).first()
    found = need_of(session, need_id)
    if found.version != version:
        raise Conflict(
            "The need was changed by somebody else meanwhile. Nothing of yours was saved:"
            " open it again, look at what changed, and repeat yours."
        )
    return found


def cities_to_ask(session: Session, on: date, also: Sequence[City] = ()) -> list[City]:
    """The lead and member cities of a day, and those a round asks already, by name."""
    cities = session.exec(select(City).options(selectinload(City.memberships)).order_by(col(City.name)))  # type: ignore[arg-type]  # SQLModel types relations as their values
    kept = {city.id for city in also}
    return [city for city in cities if city.id in kept or city.status_on(on) in _MEMBERS]


def people_to_ask(session: Session, found: NeedsRound) -> Sequence[Person]:
    """The active leads, contacts and experts of the round's cities, by id."""
    roles = select(PersonRole.person_id).where(col(PersonRole.role).in_(_ASKED))
    return session.exec(
        select(Person)
        .where(
            col(Person.city_id).in_([city.id for city in found.cities]),
            col(Person.is_active),
            col(Person.id).in_(roles),
        )
        .order_by(col(Person.id))
    ).all()


def themes_to_ask(session: Session) -> Sequence[Theme]:
    """The themes of the catalogue, but for the one that stands for none yet."""
    return session.exec(select(Theme).where(Theme.key != TO_BE_CHOSEN).order_by(col(Theme.key))).all()


def _round_options() -> list[ORMOption]:
    return [
        joinedload(NeedsRound.city),  # type: ignore[arg-type]  # as above
        selectinload(NeedsRound.cities),  # type: ignore[arg-type]  # as above
        selectinload(NeedsRound.themes),  # type: ignore[arg-type]  # as above
        selectinload(NeedsRound.showings),  # type: ignore[arg-type]  # as above
    ]


def _need_options() -> list[ORMOption]:
    events = selectinload(Need.events)  # type: ignore[arg-type]  # as above
    return [
        joinedload(Need.round).selectinload(NeedsRound.cities),  # type: ignore[arg-type]  # as above
        events.joinedload(NeedEvent.cycle).options(  # type: ignore[arg-type]  # as above
            selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
        ),
        events.joinedload(NeedEvent.training).options(  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        ),
    ]

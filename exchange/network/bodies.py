"""Expert groups and boards with who sits in them, as pages list them: fifty seats on one, with a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Select, func
from sqlmodel import Session, col, select

from exchange.models import Board, BoardMember, City, ExpertGroup, GroupMember, Person
from exchange.web.presentation.paging import PER_PAGE, Paged, holds_words, pages_of


@dataclass(frozen=True)
class Seat:
    """Who sits in a body."""

    name: str
    city: str
    is_chair: bool
    has_left: bool


@dataclass(frozen=True)
class BodyWithSeats:
    """A group or board with those of its seats that stand on a page."""

    id: int
    key: str
    name: str
    description: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class BodyPlace:
    """Where a body begins in the list: its page, and how many seats of it were found."""

    id: int
    key: str
    name: str
    seats: int
    page: int


@dataclass(frozen=True)
class Bodies:
    """A page of bodies, and where each of all begins."""

    page: Paged[BodyWithSeats]
    places: Sequence[BodyPlace]


def bodies_found(
    session: Session, kind: type[ExpertGroup] | type[Board], *, search: str, number: int
) -> Bodies:
    """A page of bodies as they were founded, chairs first, then by name; in two statements.

    Of those where each word of ``search`` stands in the body's name, the person's or their city's. A body in
    which nobody sits takes a line, too.
    """
    found = _seats(kind, search)
    counts = session.execute(
        found.with_only_columns(
            col(kind.id), col(kind.key), col(kind.name), func.count(col(Person.id)), func.count()
        )
        .group_by(col(kind.id), col(kind.key), col(kind.name))
        .order_by(None)
        .order_by(col(kind.id))
    ).all()
    places, before = [], 0
    for body_id, key, name, seats, lines in counts:
        places.append(BodyPlace(body_id, key, name, seats, page=before // PER_PAGE + 1))
        before += lines
    shown = min(max(1, number), pages_of(before))
    return Bodies(Paged(_on_page(session, found, shown), before, shown), places)


def _seats(
    kind: type[ExpertGroup] | type[Board], search: str
) -> Select[tuple[int, str, str, str, bool, str, bool, str]]:
    seat = GroupMember if kind is ExpertGroup else BoardMember
    body = GroupMember.group_id if kind is ExpertGroup else BoardMember.board_id
    person, city = func.coalesce(col(Person.name), ""), func.coalesce(col(City.name), "")
    return (
        select(col(kind.id), col(kind.key), col(kind.name), col(kind.description))
        .add_columns(col(seat.is_chair), col(Person.name), col(Person.is_active), col(City.name))
        .select_from(kind)
        .outerjoin(seat, col(body) == col(kind.id))
        .outerjoin(Person, col(Person.id) == col(seat.person_id))
        .outerjoin(City, col(City.id) == col(Person.city_id))
        .where(*holds_words(search, col(kind.key), col(kind.name), person, city))
        .order_by(col(kind.id), col(seat.is_chair).desc(), col(Person.name), col(Person.id))
    )


def _on_page(
    session: Session, found: Select[tuple[int, str, str, str, bool, str, bool, str]], number: int
) -> list[BodyWithSeats]:
    rows = session.execute(found.offset((number - 1) * PER_PAGE).limit(PER_PAGE))
    return [
        BodyWithSeats(
            body_id,
            key,
            name,
            description,
            tuple(
                Seat(person, city, is_chair, has_left=not is_active)
                for *_, is_chair, person, is_active, city in lines
                if person is not None
            ),
        )
        for (body_id, key, name, description), lines in groupby(rows, key=lambda row: tuple(row[:4]))
    ]

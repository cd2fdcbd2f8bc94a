"""Busy calendars as their pages show them: whose, how the last look went, and how much is known ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.models import SPEAKS_FOR_CITY, BusyCalendar, BusyInterval, City, Person
from exchange.rules.sentences import Sentence


@dataclass(frozen=True)
class Keeper:
    """Who looks at the page: whose calendars they may give, see and remove."""

    person: Person
    keeps_all: bool

    @property
    def keeps_city(self) -> bool:
        """Whether they answer for the calendar of their city."""
        return any(self.person.has_role(role) for role in SPEAKS_FOR_CITY)


@dataclass(frozen=True)
class Why:
    """One reason with how many entries it befell, and on which lines of the file the first of them begin."""

    sentence: Sentence
    count: int
    lines: str


@dataclass(frozen=True)
class Line:
    """One calendar of a list; ``ahead`` counts the busy intervals to come."""

    calendar: BusyCalendar
    ahead: int

    @property
    def trouble(self) -> Sentence | None:
        """What went wrong at the last look."""
        kept = self.calendar
        return Sentence(kept.problem, kept.problem_values) if kept.problem else None

    @property
    def left_out(self) -> list[Why]:
        """Why entries of the last copy do not count, the most frequent reason first."""
        return [
            Why(
                Sentence(str(one["template"])),
                int(str(one["count"])),
                ", ".join(str(line) for line in one["lines"]),  # type: ignore[attr-defined]  # a list, as scheduled_fetch writes it
            )
            for one in self.calendar.left_out_reasons
        ]


def lines_for(session: Session, keeper: Keeper, now: datetime) -> list[Line]:
    """The calendars the keeper may see: cities first, then people, by name."""
    statement = select(BusyCalendar).options(
        joinedload(BusyCalendar.city),  # type: ignore[arg-type]  # SQLModel types relations as their values
        joinedload(BusyCalendar.person),  # type: ignore[arg-type]  # as above
    )
    if not keeper.keeps_all:
        mine = [col(BusyCalendar.person_id) == keeper.person.id]
        if keeper.keeps_city:
            mine.append(col(BusyCalendar.city_id) == keeper.person.city_id)
        statement = statement.where(or_(*mine))
    found = session.exec(statement).all()
    ahead = dict(
        session.exec(
            select(BusyInterval.calendar_id, func.count())
            .where(col(BusyInterval.ends_at) > now, col(BusyInterval.calendar_id).in_([c.id for c in found]))
            .group_by(col(BusyInterval.calendar_id))
        ).all()
    )
    ordered = sorted(found, key=lambda one: (one.city_id is None, owner_name(one), one.id or 0))
    return [Line(calendar, ahead.get(calendar.id or 0, 0)) for calendar in ordered]


def calendar_kept_by(
    session: Session, calendar_id: int, keeper: Keeper, *, to_change: bool = False
) -> BusyCalendar:
    """The calendar, its row locked when it is to be changed. Raises NotFound, for others' calendars too."""
    statement = select(BusyCalendar).where(BusyCalendar.id == calendar_id)
    found = session.exec(statement.with_for_update() if to_change else statement).first()
    if found is None or not _keeps(keeper, found):
        raise NotFound("There is no such busy calendar, or it is not yours.")
    return found


def cities_to_choose(session: Session, keeper: Keeper) -> Sequence[City]:
    """The cities whose calendar the keeper may give."""
    if keeper.keeps_all:
        return session.exec(select(City).order_by(col(City.name))).all()
    return [keeper.person.city] if keeper.keeps_city else []


def owner_name(calendar: BusyCalendar) -> str:
    """The city's or the person's name; needs both loaded."""
    owner = calendar.city or calendar.person
    return owner.name if owner else ""


def _keeps(keeper: Keeper, calendar: BusyCalendar) -> bool:
    if keeper.keeps_all or calendar.person_id == keeper.person.id:
        return True
    return keeper.keeps_city and calendar.city_id == keeper.person.city_id

"""The turns out of the database, by year; and whose turn is proposed. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import joinedload
from sqlmodel import Session, select

from exchange.city_calendars import every_city
from exchange.errors import Conflict, NotFound
from exchange.models import City, MembershipStatus, Rotation, RotationKind
from exchange.rotation.drafts import FIRST_YEAR, LAST_YEAR
from exchange.rules.programme.rotation import Proposal, Turn, proposed

YEARS_AHEAD = 2  # that the page shows and proposes for, this year included


@dataclass(frozen=True)
class YearLine:
    """One year: what is recorded of each kind, and of those to come that are not, what is proposed."""

    year: int
    turns: Mapping[RotationKind, Rotation]
    proposals: Mapping[RotationKind, Proposal]


def year_lines(session: Session, today: date) -> list[YearLine]:
    """From the first year recorded, or this one, to the next; the latest first, and no year left out."""
    rows = session.exec(select(Rotation).options(joinedload(Rotation.city))).all()  # type: ignore[arg-type]  # SQLModel types relations as their values
    leads = [c.name for c in every_city(session) if c.status_on(today) is MembershipStatus.LEAD]
    turns = [Turn(row.year, row.kind, row.city.name, row.cost, row.currency) for row in rows]
    found = {(row.year, row.kind): row for row in rows}
    years = [row.year for row in rows] + [today.year, today.year + YEARS_AHEAD - 1]
    return [_line(year, found, leads, turns, today) for year in range(max(years), min(years) - 1, -1)]


def turn_of(session: Session, year: int, kind: RotationKind) -> Rotation | None:
    """What is recorded of one kind in one year; None is nothing. Raises NotFound for no year of ours."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound("There is no such year.")
    return session.exec(
        select(Rotation)
        .where(Rotation.year == year, Rotation.kind == kind)
        .options(joinedload(Rotation.city), joinedload(Rotation.decision))  # type: ignore[arg-type]  # as above
    ).first()


def claim_turn(session: Session, year: int, kind: RotationKind, *, version: int) -> Rotation | None:
    """The same, locked until the transaction ends; version 0 is of nothing. Raises Conflict."""
    session.exec(
        select(Rotation.id).where(Rotation.year == year, Rotation.kind == kind).with_for_update()
    ).first()
    found = turn_of(session, year, kind)
    if (found.version if found else 0) != version:
        raise Conflict(
            "This was changed by somebody else meanwhile. Nothing of yours was saved:"
            " open it again, look at what changed, and repeat yours."
        )
    return found


def cities_to_choose(session: Session) -> Sequence[City]:
    """All cities by name, also those that have left: which of them may be chosen, the year says."""
    return every_city(session)


def belongs_in(city: City, year: int) -> bool:
    """Whether the city leads or is a member on any day of the year; needs its memberships loaded."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return any(
        span.status in {MembershipStatus.LEAD, MembershipStatus.MEMBER}
        and (span.starts_on or first) <= last
        and (span.ends_on or last) >= first
        for span in city.memberships
    )


def _line(
    year: int,
    found: Mapping[tuple[int, str], Rotation],
    leads: Sequence[str],
    turns: Sequence[Turn],
    today: date,
) -> YearLine:
    recorded = {kind: found[year, kind] for kind in RotationKind if (year, kind) in found}
    free = [kind for kind in RotationKind if kind not in recorded and year >= today.year]
    offered = {kind: proposed(kind, year, leads, turns) for kind in free}
    return YearLine(year, recorded, {kind: one for kind, one in offered.items() if one is not None})

"""What a new installation still needs before its first cycle can be published, for who coordinates it.

Once any cycle was published there is nothing to show, and one statement finds that out.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import or_
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.kept_back import KeptBack
from exchange.models import (
    SPEAKS_FOR_CITY,
    City,
    Cycle,
    ExpertGroup,
    Membership,
    MembershipStatus,
    Person,
    PersonRole,
    Role,
    Theme,
)

CITIES_LEAST = 2  # an exchange has a lead city and at least one that contributes


class Step(StrEnum):
    """The steps, in their order."""

    NETWORK = "network"
    CITIES = "cities"
    PEOPLE = "people"
    CYCLE = "cycle"


@dataclass(frozen=True)
class FirstSteps:
    """How far it is; ``draft_id`` is the cycle that was planned first and waits for publication."""

    themes: int
    groups: int
    cities: int
    answering: int  # cities that are asked to contribute: leads and members
    spoken_for: int  # those among them for which somebody speaks
    draft_id: int | None

    def is_done(self, step: Step) -> bool:
        """Whether nothing more is needed of this step."""
        return {
            Step.NETWORK: self.themes > 0,
            Step.CITIES: self.cities >= CITIES_LEAST,
            Step.PEOPLE: 0 < self.answering == self.spoken_for,
            Step.CYCLE: False,  # done is published, and then no steps are shown
        }[step]

    @property
    def next(self) -> Step:
        """The first one that is not done."""
        return next(step for step in Step if not self.is_done(step))


def first_steps(session: Session, kept_back: KeptBack, today: date) -> FirstSteps | None:
    """The steps while no cycle was ever published, else None."""
    published = select(Cycle.id).where(col(Cycle.published_at).is_not(None)).limit(1)
    if session.exec(published).first() is not None:
        return None
    answering = _answering(today)
    spoken_for = (
        select(func.count(func.distinct(Person.city_id)))
        .join(PersonRole)
        .where(
            col(Person.is_active),
            col(PersonRole.role).in_(SPEAKS_FOR_CITY),
            col(Person.city_id).in_(answering),
        )
    )
    draft = select(func.min(Cycle.id)).where(
        col(Cycle.cancelled_at).is_(None), col(Cycle.id).not_in(kept_back.cycle_ids)
    )
    row = session.exec(
        select(  # type: ignore[call-overload]  # SQLModel types up to four columns
            select(func.count(col(Theme.id))).scalar_subquery(),
            select(func.count(col(ExpertGroup.id))).scalar_subquery(),
            select(func.count(col(City.id))).scalar_subquery(),
            select(func.count(func.distinct(answering.subquery().c.city_id))).scalar_subquery(),
            spoken_for.scalar_subquery(),
            draft.scalar_subquery(),
        )
    ).one()
    return FirstSteps(*row)


def _answering(today: date) -> SelectOfScalar[int]:
    """The cities that are leads or members on that day."""
    return select(Membership.city_id).where(
        col(Membership.status).in_((MembershipStatus.LEAD, MembershipStatus.MEMBER)),
        or_(col(Membership.starts_on).is_(None), col(Membership.starts_on) <= today),
        or_(col(Membership.ends_on).is_(None), col(Membership.ends_on) >= today),
    )


def is_coordinated(session: Session) -> bool:
    """Whether anybody coordinates the network."""
    holders = select(PersonRole.id).join(Person)
    found = holders.where(PersonRole.role == Role.COORDINATOR, col(Person.is_active)).limit(1)
    return session.exec(found).first() is not None

"""Colleagues whom invited people named, as rows: those that wait for a coordinator. It decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.things import thing_about
from exchange.models import (
    City,
    Cycle,
    Invitation,
    Nomination,
    NominationState,
    Person,
    TrainingEvent,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing


@dataclass(frozen=True)
class Named:
    """A nomination with what it is for; ``invitation`` is that of who named them."""

    row: Nomination
    about: Cycle | TrainingEvent

    @property
    def invitation(self) -> Invitation:
        """Of who named them, with their person and city."""
        return self.row.invitation

    @property
    def noun(self) -> str:
        """ "cycle" or "training"."""
        return "cycle" if isinstance(self.about, Cycle) else "training"


def waiting_nominations(session: Session, standing: Standing | None = None) -> list[Named]:
    """Those that nobody decided, the oldest first, for meetings that ``standing`` may change; None: all."""
    city = joinedload(Nomination.invitation).joinedload(Invitation.person).joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    rows = session.exec(
        select(Nomination)
        .where(Nomination.state == NominationState.WAITING)
        .options(
            city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            city.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Nomination.id))
    ).all()
    found = [Named(row, about) for row, about in zip(rows, _abouts(session, rows), strict=True)]
    return [one for one in found if standing is None or may(standing, Right.CHANGE, thing_about(one.about))]


def _abouts(session: Session, rows: Sequence[Nomination]) -> list[Cycle | TrainingEvent]:
    """What each is for, with its cities and groups."""
    cycle_ids = {row.invitation.cycle_id for row in rows}
    training_ids = {row.invitation.training_id for row in rows}
    cycles = {
        one.id: one
        for one in session.exec(
            select(Cycle)
            .where(col(Cycle.id).in_(cycle_ids))
            .options(selectinload(Cycle.cities), selectinload(Cycle.groups))  # type: ignore[arg-type]  # as above
        )
    }
    trainings = {
        one.id: one
        for one in session.exec(
            select(TrainingEvent)
            .where(col(TrainingEvent.id).in_(training_ids))
            .options(selectinload(TrainingEvent.cities), selectinload(TrainingEvent.groups))  # type: ignore[arg-type]  # as above
        )
    }
    return [
        cycles[row.invitation.cycle_id] if row.invitation.cycle_id else trainings[row.invitation.training_id]
        for row in rows
    ]

"""Practice notes of cities and experts from exchanges that are over, as far as the reader may read them."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.conditions import readable_answers
from exchange.access.things import things_of_answers
from exchange.answering.ask_days import of_plans
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    Contribution,
    ContributionVersion,
    Cycle,
    Stage,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking

_ONE_DAY = timedelta(days=1)
_CLOSELY_HELD = (Marking.AMBER_STRICT, Marking.RED)


def practice_notes(
    session: Session, standing: Standing, *conditions: ColumnElement[bool], theme_id: int | None, on: date
) -> SelectOfScalar[ContributionVersion]:
    """Answers as they were handed in last, with a note, of exchanges over on every wall by ``on``.

    The newest first. Two statements find what is for named groups and people, of which no condition knows.
    """
    noted = _noted(theme_id, on)
    closely = or_(
        col(ContributionVersion.marking).in_(_CLOSELY_HELD),
        col(Cycle.marking) == Marking.RED,
        col(Contribution.party_id).in_(
            select(AskAddressee.party_id).where(AskAddressee.holder_id == standing.person_id)
        ),
    )
    asked = session.exec(noted.where(closely).options(*with_cycle())).all() if standing.is_in_network else ()
    mine = [one.id for one in asked if _is_open(standing, one)]
    is_open = readable_answers(standing) | col(ContributionVersion.id).in_(mine)
    return noted.where(is_open, *conditions).order_by(
        col(ContributionVersion.submitted_at).desc(), col(ContributionVersion.id).desc()
    )


def with_cycle() -> tuple[ORMOption, ...]:
    """What is loaded to show a note, and to ask who may read it."""
    party = joinedload(ContributionVersion.contribution).joinedload(Contribution.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
    cycle = party.joinedload(AskParty.ask).joinedload(Ask.cycle)  # type: ignore[arg-type]  # as above
    addressees = party.selectinload(AskParty.addressees)  # type: ignore[arg-type]  # as above
    return (
        *(party.joinedload(AskParty.city), party.joinedload(AskParty.group)),  # type: ignore[arg-type]  # as above
        *(addressees.joinedload(AskAddressee.holder), addressees.joinedload(AskAddressee.person)),  # type: ignore[arg-type]  # as above
        *(cycle.joinedload(Cycle.theme), cycle.selectinload(Cycle.cities), cycle.selectinload(Cycle.groups)),  # type: ignore[arg-type]  # as above
    )


def _is_open(standing: Standing, version: ContributionVersion) -> bool:
    answer = version.contribution
    return may(standing, Right.READ, things_of_answers(answer.party.ask.of_cycle)(answer, version))


def _noted(theme_id: int | None, on: date) -> SelectOfScalar[ContributionVersion]:
    later = aliased(ContributionVersion)
    last = (
        select(func.max(later.number))
        .where(later.contribution_id == ContributionVersion.contribution_id)
        .scalar_subquery()
    )
    over = (
        select(Stage.cycle_id).group_by(col(Stage.cycle_id)).having(func.max(Stage.ends_on) < on - _ONE_DAY)
    )
    found = (
        select(ContributionVersion)
        .join(Contribution)
        .join(AskParty, col(Contribution.party_id) == AskParty.id)
        .join(Ask)
        .join(Cycle)
        .where(
            of_plans(),  # what was answered to other asks is read as results
            ContributionVersion.practice_note != "",
            col(ContributionVersion.number) == last,
            col(Cycle.id).in_(over),
            col(Cycle.published_at).is_not(None),
        )
    )
    return found.where(Cycle.theme_id == theme_id) if theme_id else found

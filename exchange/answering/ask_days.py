"""When an ask takes answers: until which day before anybody extends it, on whose wall, and whether now.

What one party or person was granted beyond that stands on their rows; rules.time.answer_deadlines counts it.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from exchange.models import Ask, AskAddressee, AskParty, Cycle, Publication
from exchange.rules.programme.cycles import due_on
from exchange.rules.programme.stage_plan import CycleAsk, StagePlan
from exchange.rules.time import answer_deadlines
from exchange.rules.time.timezones import LAST_WALL


def due_day_of(ask: Ask, plan: StagePlan) -> date:
    """The last day of an ask before anybody extends it; of a cycle's own the plan says it.

    Needs the cycle's stages loaded where ``closes_on`` is not set.
    """
    return ask.closes_on or due_day(ask.of_cycle, plan, CycleAsk.of(ask.template))


def due_day(cycle: Cycle, plan: StagePlan, kind: CycleAsk) -> date:
    """The day by which the cycle's answers are due before anybody extends it; needs the stages loaded."""
    rule = plan.ask(kind)
    stage = next((stage for stage in cycle.stages if stage.key == rule.closes), None)
    return due_on(stage) if stage else cycle.ends_on


def closes_at(ask: Ask, last_on: date, time_zone: str) -> datetime:
    """The first moment after ``last_on``, for somebody whose city has ``time_zone``."""
    return answer_deadlines.closes_at(last_on, ask.time_zone or time_zone)


def takes_answers(ask: Ask, last_on: date, time_zone: str, now: datetime) -> bool:
    """Whether an answer may be given at ``now`` by somebody whose last day is ``last_on``.

    Not before it opens, not after it was closed by hand, and not while its subject does not take place.
    """
    is_begun = ask.opens_at is None or ask.opens_at <= now
    is_on = ask.subject.publication is Publication.PUBLISHED and ask.closed_at is None
    return is_begun and is_on and answer_deadlines.is_open(last_on, ask.time_zone or time_zone, now)


def is_over_for_all(session: Session, ask: Ask, now: datetime) -> bool:
    """Whether the last day, with whatever was granted beyond it, has ended everywhere.

    Not when it was closed by hand: until that day it can be opened again. No for an ask whose days its
    subject says.
    """
    extended = session.exec(
        select(func.max(AskParty.extended_on), func.max(AskAddressee.extended_on))
        .join(AskAddressee, isouter=True)
        .where(AskParty.ask_id == ask.id)
    ).one()
    if ask.closes_on is None:
        return False
    return not answer_deadlines.is_open(answer_deadlines.last_day(ask.closes_on, *extended), LAST_WALL, now)


def of_plans() -> ColumnElement[bool]:
    """Of an ask: the stage plan makes it, as Ask.is_of_plan says."""
    return col(Ask.template).in_([kind.template for kind in CycleAsk])

"""Letters of a cycle that ask for an answer, and who said something to them. It reads; it judges nobody."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from exchange.models import Answer, Cycle, Invitation, Letter, LetterState, is_of_kind
from exchange.rules.letters.chase_ladder import rule_of
from exchange.rules.programme.stage_plan import Anchor, ChaseTo, LetterRule, StagePlan

INVITATION = "E4"  # speaks of the live session, in a stage that holds none


def letters_asking(session: Session, cycles: Sequence[Cycle], plan: StagePlan) -> dict[tuple[int, int], int]:
    """How many letters went to whom that ask for an answer: to an ask, or whether they come.

    One in which such a letter went along asks as well as one of its own.
    Another day or hour asks anew: what left before the last move does not count.
    """
    steps = [rule_of(step, ask) for ask in plan.asks for step in plan.ladder(ask.kind)]
    rules = [rule for rule in plan.letters if plan.ask_of(rule) or asks_to_come(rule, plan)]
    kinds = {rule.key for rule in [*rules, *(one for one in steps if one.chases is ChaseTo.SILENT)]}
    found = session.execute(
        select_columns(col(Letter.cycle_id), col(Letter.person_id), func.count())
        .where(
            or_(false(), *map(_since_it_moved, cycles)),
            col(Letter.state) == LetterState.SENT,
            is_of_kind(*kinds),
        )
        .group_by(col(Letter.cycle_id), col(Letter.person_id))
    )
    return {(cycle_id, person_id or 0): count for cycle_id, person_id, count in found}


def _since_it_moved(cycle: Cycle) -> ColumnElement[bool]:
    of_cycle = col(Letter.cycle_id) == cycle.id
    of_stages = (one.moved_at for one in cycle.stages)
    of_sittings = (one.moved_at for one in cycle.sittings)
    moved = [at for at in (*of_stages, *of_sittings) if at is not None]
    return of_cycle & (col(Letter.due_at) > max(moved)) if moved else of_cycle


def who_spoke(session: Session, cycle_ids: Sequence[int | None]) -> frozenset[tuple[int, int]]:
    """Who said of a meeting whether they come."""
    found = session.exec(
        select(Invitation.cycle_id, Invitation.person_id).where(
            col(Invitation.cycle_id).in_(cycle_ids), Invitation.answer != Answer.NONE
        )
    )
    return frozenset((cycle_id or 0, person_id) for cycle_id, person_id in found)


def asks_to_come(rule: LetterRule, plan: StagePlan) -> bool:
    """Whether letters of a rule ask who comes to a meeting: those before it, of the stage that holds it."""
    holds = {meeting.stage for meeting in plan.meetings}
    return (rule.stage in holds or rule.key == INVITATION) and rule.anchor is not Anchor.MEETING_END

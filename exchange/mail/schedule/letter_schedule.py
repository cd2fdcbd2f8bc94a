"""The schedule of letters: from cycles and training events in the database to who gets what, when.

It queues nothing: the same list is shown before a publication, on the page of letters, and to the
tick that queues what is due.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from exchange.mail.schedule.chase_letters import without_second
from exchange.mail.schedule.eager_loading import current_cycles, current_trainings
from exchange.mail.schedule.item_letters import in_order, known_of, letters_of_cycle, letters_of_training
from exchange.mail.schedule.planned import CARRIED, Planned
from exchange.mail.schedule.recipients import Roll, load_roll
from exchange.models import Cycle, Letter, LetterState, TrainingEvent
from exchange.rules.programme.stage_plan import StagePlan

_CARRIED = col(Letter.tells)[CARRIED]


def planned_for_cycle(session: Session, cycle: Cycle, *, plan: StagePlan, now: datetime) -> list[Planned]:
    """Every letter of a cycle that is still worth sending at ``now``, in the order they leave.

    As if it were published now, when it is a draft.
    """
    known = known_of(session, [cycle], plan, now)
    planned = letters_of_cycle(load_roll(session, now.date(), cycle), cycle, plan, known, now)
    return list(without_second(planned, known.silence.gone))


def planned_for_training(session: Session, training: TrainingEvent, *, now: datetime) -> list[Planned]:
    """Every letter of a training event, as planned_for_cycle."""
    return letters_of_training(load_roll(session, now.date(), training), training, now)


def left_to_queue(
    session: Session, about: Cycle | TrainingEvent, *, plan: StagePlan, now: datetime
) -> list[Planned]:
    """Every letter of one thing that is worth sending and not in the outbox yet, in the order they leave.

    Needs it loaded as eager_loading does.
    """
    roll = load_roll(session, now.date(), about)
    if isinstance(about, TrainingEvent):
        return not_taken(session, roll, letters_of_training(roll, about, now))
    known = known_of(session, [about], plan, now)
    left = not_taken(session, roll, letters_of_cycle(roll, about, plan, known, now))
    return list(without_second(left, known.silence.gone))


def planned_between(
    session: Session, first_at: datetime, last_at: datetime, *, plan: StagePlan, now: datetime
) -> list[Planned]:
    """What leaves from ``first_at`` up to ``last_at`` for all that is published and not halted.

    Without what the outbox has already.
    """
    planned = current_letters(session, first_at, last_at, plan=plan, now=now)
    return [one for one in planned if first_at <= one.due_at < last_at]


def current_letters(
    session: Session, first_at: datetime, last_at: datetime, *, plan: StagePlan, now: datetime
) -> list[Planned]:
    """Letters of everything current around a span, in the order they leave, but for those the outbox has."""
    roll = load_roll(session, now.date())
    cycles = current_cycles(session, first_at.date(), last_at.date())
    known = known_of(session, cycles, plan, now)
    found = [letter for cycle in cycles for letter in letters_of_cycle(roll, cycle, plan, known, now)]
    found += [
        letter
        for training in current_trainings(session, first_at.date(), last_at.date())
        for letter in letters_of_training(roll, training, now)
    ]
    left = sorted(not_taken(session, roll, found), key=in_order)
    return list(without_second(left, known.silence.gone))


def taken_keys(session: Session, planned: Sequence[Planned]) -> set[str]:
    """Keys the outbox has taken, also of what went along; letters it took back may be queued again."""
    cycle_ids = {one.cycle.id for one in planned if one.cycle}
    training_ids = {one.training.id for one in planned if one.training}
    found = session.execute(
        select_columns(col(Letter.once_key), _CARRIED).where(
            col(Letter.state) != LetterState.WITHDRAWN,
            col(Letter.cycle_id).in_(cycle_ids) | col(Letter.training_id).in_(training_ids),
        )
    ).all()
    with_carried = ((own, *(key for key, _kind in carried or ())) for own, carried in found if "!" not in own)
    return {key for keys in with_carried for key in keys}  # with "!" a letter has given its keys up


def not_taken(session: Session, roll: Roll, planned: Sequence[Planned]) -> list[Planned]:
    """The letters but for those the outbox has, and those to addresses that take none."""
    taken = taken_keys(session, planned)
    return [one for one in planned if one.once_key not in taken and one.person.email not in roll.refused]

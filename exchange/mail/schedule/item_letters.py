"""The letters that one cycle or one training event calls for, to the people of a roll.

What the outbox has taken is not looked at here, but by who asks for what is left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlmodel import Session

from exchange.mail.schedule.chase_letters import Silence, chase_letters, load_silence
from exchange.mail.schedule.cycle_eligibility import (
    State,
    eligible_letters,
    eligible_rules,
    state_of,
    true_letters,
)
from exchange.mail.schedule.planned import Planned
from exchange.mail.schedule.reader_eligibility import (
    eligible_chases,
    eligible_for_cycle,
    is_eligible_for_training,
    is_needless,
    without_overtaken,
)
from exchange.mail.schedule.recipients import Roll, audiences_of_cycle, invited_to_training
from exchange.mail.schedule.unsubscribe_links import takes
from exchange.models import Cycle, TrainingEvent
from exchange.rules.letters.reminders import PlannedLetter, Reader, planned_letters
from exchange.rules.letters.training_letters import event_sitting, next_morning, training_letters
from exchange.rules.programme.cycles import Sitting
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.holidays import is_working_day
from exchange.rules.time.timezones import WallTime, wall_time

DAY_STARTS, DAY_ENDS = time(7), time(21)  # a letter that is late still leaves people alone at night


@dataclass(frozen=True)
class Known:
    """What is known of some cycles: answers and products, and who is chased."""

    state: State
    silence: Silence


def known_of(session: Session, cycles: Sequence[Cycle], plan: StagePlan, now: datetime) -> Known:
    """What is known of the cycles, in a fixed number of statements."""
    state = state_of(session, cycles, plan)
    return Known(state, load_silence(session, cycles, state.answer_status, plan, now))


def letters_of_cycle(roll: Roll, cycle: Cycle, plan: StagePlan, known: Known, now: datetime) -> list[Planned]:
    """Every letter of a cycle that is still worth sending at ``now``, in the order they leave."""
    return letters_at(roll, cycle, plan, known)(now)


def letters_at(
    roll: Roll, cycle: Cycle, plan: StagePlan, known: Known
) -> Callable[[datetime], list[Planned]]:
    """letters_of_cycle for several moments: what none of them changes is worked out once."""
    audiences = audiences_of_cycle(roll, cycle)
    letters = planned_letters(
        eligible_rules(cycle, plan, known.state),
        cycle.stages,
        sittings=meeting_sittings(cycle, plan),
        readers_by_audience=audiences,
        send_at=plan.send_at,
    )
    kept = eligible_for_cycle(roll, cycle, letters, plan)
    called_for = eligible_letters(kept, cycle, plan, known.state, roll)
    chasing = chase_letters(roll, cycle, plan, known.silence)

    def at(now: datetime) -> list[Planned]:
        true = true_letters(called_for, cycle, plan, audiences, (roll, known.state, now))
        still_asking = [letter for letter in letters if letter.useless_after > now]
        wanted = true + eligible_chases(cycle, chasing(still_asking))
        kept = [letter for letter in wanted if not is_needless(known.silence, cycle, letter, now)]
        return _still_of_use(roll, kept, now, cycle=cycle)

    return at


def letters_of_training(roll: Roll, training: TrainingEvent, now: datetime) -> list[Planned]:
    """The same of a training event."""
    wall = WallTime(training.on_local, training.starts_local, training.time_zone)
    letters = training_letters(
        event_sitting(training.title, wall, training.minutes),
        published_at=training.published_at or now,
        readers=invited_to_training(roll, training),
    )
    kept = [letter for letter in letters if is_eligible_for_training(roll, training, letter)]
    return _still_of_use(roll, kept, now, training=training)


def _still_of_use(
    roll: Roll,
    letters: Sequence[PlannedLetter],
    now: datetime,
    *,
    cycle: Cycle | None = None,
    training: TrainingEvent | None = None,
) -> list[Planned]:
    planned = (
        Planned(roll.person(letter.reader.person_id), letter, leaves_at(letter, now), cycle, training)
        for letter in without_overtaken(letters, now)
        if letter.useless_after > now
        and takes(roll.person(letter.reader.person_id), letter.rule.message_class)
    )
    return sorted((one for one in planned if one.due_at < one.useless_after), key=in_order)


def leaves_at(letter: PlannedLetter, now: datetime) -> datetime:
    """When the letter is due; if that has passed, now, or the next morning when people rest.

    Letters about an hour leave at once or never.
    """
    if letter.due_at >= now:
        return letter.due_at
    return now if letter.rule.hours else soonest(letter.reader, now)


def soonest(reader: Reader, now: datetime) -> datetime:
    """Now when the reader is at work or at least awake on a working day, else their next morning."""
    local = wall_time(now, reader.calendar.time_zone)
    is_awake = DAY_STARTS <= local.at <= DAY_ENDS and is_working_day(reader.calendar, local.on)
    return now if is_awake else next_morning(now, reader)


def meeting_sittings(cycle: Cycle, plan: StagePlan) -> list[Sitting]:
    """The cycle's sittings as the rules see them; a meeting the plan no longer has is left out."""
    meetings = {meeting.key: meeting for meeting in plan.meetings}
    return [
        Sitting(
            stage=meetings[row.meeting].stage,
            name=meetings[row.meeting].name,
            wall=WallTime(row.on_local, row.starts_local, row.time_zone),
            minutes=row.minutes,
        )
        for row in cycle.sittings
        if row.meeting in meetings
    ]


def in_order(planned: Planned) -> tuple[datetime, str, int]:
    """The key that sorts letters by when they leave."""
    return planned.due_at, planned.kind, planned.letter.reader.person_id

"""The schedule of letters: from cycles and training events in the database to who gets what, when.

It queues nothing: the same list is shown before a publication, on the page of letters, and to the
tick that queues what is due.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlmodel import Session, col, select

from exchange.mail.called_for import State, rules_called_for, state_of, still_called_for
from exchange.mail.chasing import Silence, chase_letters, load_silence, without_second
from exchange.mail.live import live_cycles, live_trainings
from exchange.mail.preferences import takes
from exchange.mail.readers import Roll, audiences_of_cycle, invited_to_training, load_roll
from exchange.mail.training_letters import event_sitting, next_morning, training_letters
from exchange.mail.wanted import (
    is_wanted_chase,
    is_wanted_for_cycle,
    is_wanted_for_training,
    without_overtaken,
)
from exchange.models import Cycle, Letter, LetterState, Person, TrainingEvent
from exchange.rules.chasing import may_leave_until, week_of
from exchange.rules.cycles import Sitting
from exchange.rules.holidays import is_working_day
from exchange.rules.reminders import PlannedLetter, Reader, planned_letters
from exchange.rules.sentences import Sentence
from exchange.rules.stage_plan import StagePlan
from exchange.rules.timezones import WallTime, wall_time

DAY_STARTS, DAY_ENDS = time(7), time(21)  # a letter that is late still leaves people alone at night


@dataclass(frozen=True)
class TaskLink:
    """A personal link in a letter; ``about`` names the city or the group when the reader has several."""

    url: str
    about: str = ""


@dataclass(frozen=True)
class Planned:
    """One letter to one person. ``due_at`` is when it leaves: as the rule says, or as soon as may be when
    that has passed. ``letter`` is the rule's own answer; exactly one of ``cycle`` and ``training`` is set.
    ``tasks`` are the reader's personal links, which are made when it is queued and stand in no preview.
    """

    person: Person
    letter: PlannedLetter
    due_at: datetime
    cycle: Cycle | None = None
    training: TrainingEvent | None = None
    tasks: tuple[TaskLink, ...] = ()

    @property
    def kind(self) -> str:
        """The letter's key: "E3", "T1-7d"."""
        return self.letter.rule.key

    @property
    def name(self) -> str:
        """The letter's name, in English: "Call for input"."""
        return self.letter.rule.name

    @property
    def useless_after(self) -> datetime:
        """From when on it is not sent at all."""
        return self.letter.useless_after

    @property
    def leaves_until(self) -> datetime:
        """When the outbox gives it up; a chasing letter at the end of the working day it leaves on."""
        if self.letter.rule.chases is None:
            return self.useless_after
        return min(self.useless_after, may_leave_until(self.due_at, self.letter.reader))

    @property
    def why(self) -> Sentence:
        """What calls for it, said to a coordinator."""
        return self.letter.why

    @property
    def city(self) -> str:
        """The city whose clock the reader lives by."""
        return self.letter.reader.calendar.city

    @property
    def local(self) -> WallTime:
        """When it leaves, on the wall of the reader's city."""
        return wall_time(self.due_at, self.letter.reader.calendar.time_zone)

    @property
    def reader_id(self) -> int:
        """Who reads it."""
        return self.letter.reader.person_id

    @property
    def chase_week(self) -> str:
        """The week of its reader that a chasing letter takes up; "" for every other."""
        is_chasing = self.letter.rule.chases is not None
        return week_of(self.due_at, self.letter.reader.calendar.time_zone) if is_chasing else ""

    @property
    def title(self) -> str:
        """What it is about, in full: for people who plan."""
        about = self.cycle or self.training
        return about.title if about else ""

    @property
    def once_key(self) -> str:
        """The key under which the outbox takes it once; a resumption and, for reminders, a move renew it."""
        about = self.cycle or self.training
        round_ = f"r{about.round}:" if about and about.round > 1 else ""
        if self.cycle:
            return f"cycle:{self.cycle.id}:{round_}{self.letter.once_suffix}"
        return f"training:{self.training.id if self.training else 0}:{round_}{self.letter.once_suffix}"


def planned_for_cycle(session: Session, cycle: Cycle, *, plan: StagePlan, now: datetime) -> list[Planned]:
    """Every letter of a cycle that is still worth sending at ``now``, in the order they leave.

    As if it were published now, when it is a draft.
    """
    known = _known(session, [cycle], plan, now)
    planned = _of_cycle(load_roll(session, now.date()), cycle, plan, known, now)
    return list(without_second(planned, known.silence.gone))


def planned_for_training(session: Session, training: TrainingEvent, *, now: datetime) -> list[Planned]:
    """Every letter of a training event, as planned_for_cycle."""
    return _of_training(load_roll(session, now.date()), training, now)


def planned_between(
    session: Session, first_at: datetime, last_at: datetime, *, plan: StagePlan, now: datetime
) -> list[Planned]:
    """What leaves from ``first_at`` up to ``last_at`` for all that is published and not halted.

    Without what the outbox has already.
    """
    planned = live_letters(session, first_at, last_at, plan=plan, now=now)
    return [one for one in planned if first_at <= one.due_at < last_at]


def live_letters(
    session: Session, first_at: datetime, last_at: datetime, *, plan: StagePlan, now: datetime
) -> list[Planned]:
    """Letters of everything live around a span, in the order they leave, but for those the outbox has."""
    roll = load_roll(session, now.date())
    cycles = live_cycles(session, first_at.date(), last_at.date())
    known = _known(session, cycles, plan, now)
    found = [letter for cycle in cycles for letter in _of_cycle(roll, cycle, plan, known, now)]
    found += [
        letter
        for training in live_trainings(session, first_at.date(), last_at.date())
        for letter in _of_training(roll, training, now)
    ]
    left = sorted(_not_taken(session, roll, found), key=_order)
    return list(without_second(left, known.silence.gone))


def live_batches(session: Session, *, plan: StagePlan, now: datetime) -> Iterator[list[Planned]]:
    """What live_letters gives for the present moment, one cycle or event at a time.

    For the queue: however many letters are due, only one batch of them is held.
    """
    roll = load_roll(session, now.date())
    cycles = live_cycles(session, now.date(), now.date())
    known = _known(session, cycles, plan, now)
    gone = set(known.silence.gone)
    for cycle in cycles:
        left = _not_taken(session, roll, _of_cycle(roll, cycle, plan, known, now))
        kept = list(without_second(left, frozenset(gone)))
        gone |= {(one.reader_id, one.chase_week) for one in kept if one.chase_week}
        yield kept
    for training in live_trainings(session, now.date(), now.date()):
        yield _not_taken(session, roll, _of_training(roll, training, now))


def taken_keys(session: Session, planned: Sequence[Planned]) -> set[str]:
    """Keys the outbox has taken; letters it took back may be queued again."""
    cycle_ids = {one.cycle.id for one in planned if one.cycle}
    training_ids = {one.training.id for one in planned if one.training}
    return set(
        session.exec(
            select(Letter.once_key).where(
                col(Letter.state) != LetterState.WITHDRAWN,
                col(Letter.cycle_id).in_(cycle_ids) | col(Letter.training_id).in_(training_ids),
            )
        )
    )


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


@dataclass(frozen=True)
class _Known:
    """What is known of some cycles: answers and products, and who is chased."""

    state: State
    silence: Silence


def _known(session: Session, cycles: Sequence[Cycle], plan: StagePlan, now: datetime) -> _Known:
    state = state_of(session, cycles, plan)
    return _Known(state, load_silence(session, cycles, state.standings, now))


def _of_cycle(roll: Roll, cycle: Cycle, plan: StagePlan, known: _Known, now: datetime) -> list[Planned]:
    letters = planned_letters(
        rules_called_for(cycle, plan, known.state),
        cycle.stages,
        sittings=meeting_sittings(cycle, plan),
        readers_by_audience=audiences_of_cycle(roll, cycle),
        send_at=plan.send_at,
    )
    kept = [letter for letter in letters if is_wanted_for_cycle(roll, cycle, letter, plan)]
    called_for = still_called_for(kept, cycle, plan, known.state, roll)
    still_asking = [letter for letter in letters if letter.useless_after > now]
    chasing = chase_letters(roll, cycle, plan, known.silence, still_asking)
    wanted = [letter for letter in chasing if is_wanted_chase(cycle, letter)]
    return _still_of_use(roll, called_for + wanted, now, cycle=cycle)


def _of_training(roll: Roll, training: TrainingEvent, now: datetime) -> list[Planned]:
    wall = WallTime(training.on_local, training.starts_local, training.time_zone)
    letters = training_letters(
        event_sitting(training.title, wall, training.minutes),
        published_at=training.published_at or now,
        readers=invited_to_training(roll, training),
    )
    kept = [letter for letter in letters if is_wanted_for_training(roll, training, letter)]
    return _still_of_use(roll, kept, now, training=training)


def _still_of_use(
    roll: Roll,
    letters: Sequence[PlannedLetter],
    now: datetime,
    *,
    cycle: Cycle | None = None,
    training: TrainingEvent | None = None,
) -> list[Planned]:
    people = {person.id: person for person in roll.people}
    planned = (
        Planned(people[letter.reader.person_id], letter, _leaves_at(letter, now), cycle, training)
        for letter in without_overtaken(letters, now)
        if takes(people[letter.reader.person_id], letter.rule.message_class)
    )
    return sorted((one for one in planned if one.due_at < one.useless_after), key=_order)


def _leaves_at(letter: PlannedLetter, now: datetime) -> datetime:
    """When the letter is due; if that has passed, now, or the next morning when people rest.

    Letters about an hour leave at once or never.
    """
    if letter.due_at >= now:
        return letter.due_at
    return now if letter.rule.hours else soonest(letter.reader, now)


def _not_taken(session: Session, roll: Roll, planned: Sequence[Planned]) -> list[Planned]:
    taken = taken_keys(session, planned)
    return [one for one in planned if one.once_key not in taken and one.person.email not in roll.refused]


def soonest(reader: Reader, now: datetime) -> datetime:
    """Now when the reader is at work or at least awake on a working day, else their next morning."""
    local = wall_time(now, reader.calendar.time_zone)
    is_awake = DAY_STARTS <= local.at <= DAY_ENDS and is_working_day(reader.calendar, local.on)
    return now if is_awake else next_morning(now, reader)


def _order(planned: Planned) -> tuple[datetime, str, int]:
    return planned.due_at, planned.kind, planned.letter.reader.person_id

"""Chasing: from who was asked and who answered to the chasing letters of a cycle's ladder.

rules.letters.chase_ladder decides; this brings it the rows. It queues nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol, TypeVar

from sqlmodel import Session, col, select

from exchange.access.open_pages import page_opener
from exchange.answering.answer_status import AnswerStatus, Asked
from exchange.answering.ask_days import due_day
from exchange.answering.unanswered_letters import letters_asking, who_spoke
from exchange.mail.schedule.recipients import Roll
from exchange.models import Chase, Cycle, LadderChange, Letter, LetterState, Role, gave_week_back
from exchange.rules.letters.chase_ladder import (
    NUDGE_STEP,
    Awaited,
    Helpers,
    ladder_letters,
    nudge,
    rule_of,
    week_of,
)
from exchange.rules.letters.reminders import PlannedLetter, Reader
from exchange.rules.programme.stage_plan import AskRule, ChaseStep, CycleAsk, StagePlan
from exchange.rules.time.timezones import wall_time

UNANSWERED_MOST = 2  # letters of one cycle; whoever says nothing to them is reminded no more
KEPT_WEEKS = 2  # of chasing letters that went out: no step looks farther back


class Leaving(Protocol):
    """A planned letter, as far as the limit of a week goes."""

    @property
    def chase_week(self) -> str:
        """The week it takes up, "" when it chases nobody."""

    @property
    def reader_id(self) -> int:
        """Who reads it."""


Left = TypeVar("Left", bound=Leaving)


@dataclass(frozen=True)
class Silence:
    """Who answered, what cycles changed about their ladders, and who has had a week's chasing letter.

    ``nudged`` are reminders by hand that were taken back before they left, by cycle, kind and person,
    with when they were to leave: nobody but this remembers that somebody asked for them.
    ``asked`` is how many letters that ask for an answer went to whom, by cycle and person, and ``spoke``
    who said of a meeting whether they come.
    """

    answer_status: AnswerStatus
    changes: Mapping[tuple[int, str], LadderChange] = field(default_factory=dict)
    gone: frozenset[tuple[int, str]] = frozenset()
    nudged: Mapping[tuple[int, str, int], datetime] = field(default_factory=dict)
    asked: Mapping[tuple[int, int], int] = field(default_factory=dict)
    spoke: frozenset[tuple[int, int]] = frozenset()

    def is_lasting(self, cycle: Cycle, person_id: int) -> bool:
        """Whether somebody left several letters of the cycle unanswered, and said nothing at all in it."""
        key = (cycle.id or 0, person_id)
        if self.asked.get(key, 0) < UNANSWERED_MOST or key in self.spoke:
            return False
        if any(self.answer_status.has_passed_on(key[0], kind, person_id) for kind in CycleAsk):
            return False  # that is a word, too
        held = (one for kind in CycleAsk for one in self.answer_status.held_by(key[0], kind, person_id))
        return all(one.is_silent and not one.has_draft for one in held)

    def steps(self, cycle: Cycle, plan: StagePlan, kind: CycleAsk) -> list[ChaseStep]:
        """The ladder of one ask as the cycle has it."""
        found = []
        for step in plan.ladder(kind):
            change = self.changes.get((cycle.id or 0, step.key))
            if change is None or not change.is_off:
                found.append(replace(step, days=change.days) if change else step)
        return found


def load_silence(
    session: Session, cycles: Sequence[Cycle], answer_status: AnswerStatus, plan: StagePlan, now: datetime
) -> Silence:
    """All of it for some cycles, who answered as ``answer_status`` says, in a fixed number of statements."""
    ids = [cycle.id for cycle in cycles]
    changes = session.exec(select(LadderChange).where(col(LadderChange.cycle_id).in_(ids)))
    return Silence(
        answer_status,
        {(change.cycle_id, change.step): change for change in changes},
        gone_weeks(session, now),
        _taken_back(session, ids, now),
        letters_asking(session, cycles, plan),
        who_spoke(session, ids),
    )


def gone_weeks(session: Session, now: datetime) -> frozenset[tuple[int, str]]:
    """Who has had the chasing letter of which week, of late."""
    since = week_of(now - timedelta(weeks=KEPT_WEEKS), "UTC")
    gone = session.exec(
        select(Chase.person_id, Chase.week)
        .join(Letter, col(Chase.letter_id) == Letter.id)
        .where(col(Chase.week) >= since, ~gave_week_back())
    )
    return frozenset((person_id, week) for person_id, week in gone)


def chase_letters(
    roll: Roll, cycle: Cycle, plan: StagePlan, silence: Silence
) -> Callable[[Sequence[PlannedLetter]], list[PlannedLetter]]:
    """What gives every chasing letter of a cycle, past ones included.

    It is asked with the letters of its asks that may still go: their readers count as silent from then
    on. Who is silent already, and who helps, is worked out once however often it is asked.
    """
    done = {stage.key for stage in cycle.stages if stage.done_at}
    helpers = _helpers(roll, cycle)
    missing = [
        (ask, steps, missing_answers(roll, cycle, silence, ask))
        for ask in plan.asks
        if ask.closes not in done and (steps := silence.steps(cycle, plan, ask.kind))
    ]

    def letters(asking: Sequence[PlannedLetter]) -> list[PlannedLetter]:
        found: list[PlannedLetter] = []
        for ask, steps, asked in missing:
            mine = [one for one in asking if one.key == ask.letter]
            awaited = [*asked, *_to_be_asked(roll, cycle, plan, silence, ask, mine)]
            found += ladder_letters(steps, ask, awaited, helpers, send_at=plan.send_at)
            found += _nudges_again(cycle, silence, ask, awaited)
        return found

    return letters


def missing_answers(roll: Roll, cycle: Cycle, silence: Silence, ask: AskRule) -> list[Awaited]:
    """What those who were asked still owe to one ask of the cycle; of people who may be written to."""
    return [
        _awaited(roll, one)
        for one in silence.answer_status.of_cycle(cycle.id or 0)
        if one.kind is ask.kind and one.is_silent and one.holder.id in roll.by_id
    ]


def without_second(planned: Iterable[Left], gone: frozenset[tuple[int, str]]) -> Iterator[Left]:
    """The letters in their order, but for chasing letters in a week that has one for their reader."""
    taken = set(gone)
    for one in planned:
        key = _, week = one.reader_id, one.chase_week
        if week and key in taken:
            continue
        taken.add(key)
        yield one


def _taken_back(
    session: Session, cycle_ids: Sequence[int | None], now: datetime
) -> dict[tuple[int, str, int], datetime]:
    """Reminders by hand of the last week that were withdrawn, and when each was to leave."""
    found = session.exec(
        select(Letter.cycle_id, Letter.kind, Letter.person_id, Letter.due_at).where(
            col(Letter.cycle_id).in_(cycle_ids),
            col(Letter.state) == LetterState.WITHDRAWN,
            col(Letter.due_at) > now - timedelta(weeks=1),
            col(Letter.kind).endswith(NUDGE_STEP.key, autoescape=True),
        )
    )
    return {(cycle_id or 0, kind, person_id or 0): due_at for cycle_id, kind, person_id, due_at in found}


def _nudges_again(
    cycle: Cycle, silence: Silence, ask: AskRule, awaited: Sequence[Awaited]
) -> Iterator[PlannedLetter]:
    """Those of an ask whose readers are silent still, about all that they owe now."""
    kind = rule_of(NUDGE_STEP, ask).key
    for (cycle_id, its_kind, person_id), due_at in silence.nudged.items():
        missing = [one for one in awaited if one.reader.person_id == person_id]
        if missing and (cycle_id, its_kind) == (cycle.id, kind):
            yield nudge(ask, missing, due_at=due_at)


def _awaited(roll: Roll, asked: Asked) -> Awaited:
    reader = roll.reader(roll.person(asked.holder.id))
    return Awaited(
        party=asked.party_name,
        city_id=asked.city_id,
        group_id=asked.group_id,
        reader=reader,
        asked_on=wall_time(asked.asked_at, reader.calendar.time_zone).on,
        last_on=asked.last_on,
    )


def _to_be_asked(
    roll: Roll,
    cycle: Cycle,
    plan: StagePlan,
    silence: Silence,
    ask: AskRule,
    asking: Sequence[PlannedLetter],
) -> Iterator[Awaited]:
    """What people will owe whose letter has not gone yet."""
    asked_ids = {
        one.person.id for one in silence.answer_status.of_cycle(cycle.id or 0) if one.kind is ask.kind
    }
    last_on, parties = due_day(cycle, plan, ask.kind), party_finder(cycle)
    for letter in asking:
        person = roll.person(letter.reader.person_id)
        if person.id in asked_ids or not silence.answer_status.is_silent(cycle.id or 0, ask.kind, person):
            continue
        asked_on = wall_time(letter.due_at, letter.reader.calendar.time_zone).on
        for party, city_id, group_id in parties(ask.kind, letter.reader):
            yield Awaited(party, city_id, group_id, letter.reader, asked_on, last_on)


Party = tuple[str, int | None, int | None]  # name, city, group


def parties_of(cycle: Cycle, kind: CycleAsk, reader: Reader) -> list[Party]:
    """What a reader answers for, their city, or each of their groups."""
    return party_finder(cycle)(kind, reader)


def party_finder(cycle: Cycle) -> Callable[[CycleAsk, Reader], list[Party]]:
    """parties_of for many readers of one cycle, whose seats are gone through once."""

    @cache
    def by_person() -> dict[int, list[Party]]:
        found: dict[int, list[Party]] = {}
        for group in cycle.groups:
            party = group.name, None, group.id
            for person_id in dict.fromkeys(seat.person_id for seat in group.members):
                found.setdefault(person_id, []).append(party)
        return found

    def parties(kind: CycleAsk, reader: Reader) -> list[Party]:
        if kind is CycleAsk.CITIES:
            return [(reader.calendar.city, reader.calendar.city_id, None)]
        return by_person().get(reader.person_id, [])

    return parties


def _helpers(roll: Roll, cycle: Cycle) -> Helpers:
    """Chairs of the cycle's groups, and leads to whom its page opens: the others may not know of it."""
    opens_to = page_opener(cycle, roll.on)

    @cache
    def chairs_of(group_id: int) -> list[Reader]:
        return [roll.reader(person) for person in roll.of_groups([group_id], lambda seat: seat.is_chair)]

    @cache
    def leads_of_city(city_id: int) -> list[Reader]:
        leads = roll.of_cities([city_id], (Role.CITY_LEAD,))
        return [roll.reader(person) for person in leads if opens_to(person)]

    def leads_of(one: Awaited) -> list[Reader]:
        city_id = one.city_id or one.reader.calendar.city_id
        return leads_of_city(city_id) if city_id else []

    return Helpers(chairs_of, leads_of)

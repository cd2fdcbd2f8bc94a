"""The letters of an ask that no stage plan makes: its questions, and its ladder to who is silent.

rules.letters.chase_ladder decides on the ladder; this brings it the rows. It queues nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from exchange.access.things import thing_of_task
from exchange.answering.answer_status import Asked, status_of_asks
from exchange.answering.asks import tasks_by_id
from exchange.mail.schedule.chase_letters import gone_weeks, without_second
from exchange.mail.schedule.item_letters import leaves_at
from exchange.mail.schedule.recipients import Roll, load_roll
from exchange.mail.schedule.unsubscribe_links import takes
from exchange.models import Ask, Letter, LetterState, Person, Publication
from exchange.rules.access.policy import Right
from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.letters.chase_ladder import Awaited, Helpers, ladder_letters, may_leave_until, week_of
from exchange.rules.letters.reminders import PlannedLetter
from exchange.rules.programme.stage_plan import Anchor, LetterRule, StagePlan
from exchange.rules.sentences import Sentence
from exchange.rules.time.timezones import wall_time

EXTENDED = timedelta(days=62)  # somebody may have been given days so long after the last one, on any wall
_NOBODY_HELPS = Helpers(lambda _group: (), lambda _one: ())


@dataclass(frozen=True)
class AskLetter:
    """One letter to one person about all that they owe to an ask. ``due_at`` is when it leaves."""

    ask: Ask
    letter: PlannedLetter
    person: Person
    due_at: datetime
    addressee_ids: tuple[int, ...]

    @property
    def is_reminder(self) -> bool:
        """Whether it chases; the first one brings the questions."""
        return self.letter.rule.chases is not None

    @property
    def once_key(self) -> str:
        """The key under which the outbox takes it once."""
        return f"ask:{self.ask.id}:{self.letter.once_suffix}"

    @property
    def leaves_until(self) -> datetime:
        """When the outbox gives it up; what is called for on the next working day is written anew."""
        return min(self.letter.useless_after, may_leave_until(self.due_at, self.letter.reader))

    @property
    def reader_id(self) -> int:
        """Who reads it."""
        return self.letter.reader.person_id

    @property
    def chase_week(self) -> str:
        """The week of its reader that a chasing letter takes up; "" of the first letter."""
        return week_of(self.due_at, self.letter.reader.calendar.time_zone) if self.is_reminder else ""


def current_asks(session: Session, templates: Mapping[str, AskTemplate], now: datetime) -> list[int]:
    """The ids of asks whose letters may be due: of templates that are there, not closed, not long over."""
    asks = session.exec(
        select(Ask)
        .where(
            col(Ask.template).in_(list(templates)),
            col(Ask.closed_at).is_(None),
            col(Ask.closes_on) >= (now - EXTENDED).date(),
        )
        .order_by(col(Ask.id))
    )
    return [one.id or 0 for one in asks if not one.is_of_plan]


def letters_of_ask(
    session: Session, ask: Ask, template: AskTemplate, *, plan: StagePlan, now: datetime
) -> list[AskLetter]:
    """Every letter of the ask that is still worth sending at ``now`` and not in the outbox, as they leave.

    As if nobody answered from now on. Needs its subject with cities and groups.
    """
    if ask.closed_at is not None or ask.subject.publication is not Publication.PUBLISHED:
        return []
    roll = load_roll(session, now.date())
    silent = _writable(session, roll, ask, status_of_asks(session, [ask], plan).asked)
    planned = [*_first_letters(roll, ask, template, silent), *_ladder(roll, template, silent, plan)]
    taken = _taken(session, ask)
    found = [
        AskLetter(ask, one, person, leaves_at(one, now), _owed(silent, one))
        for one in planned
        if one.useless_after > now
        and takes(person := roll.person(one.reader.person_id), one.rule.message_class)
        and person.email not in roll.refused
    ]
    left = sorted(
        (one for one in found if one.once_key not in taken and one.due_at < one.letter.useless_after),
        key=lambda one: (one.due_at, one.is_reminder, one.reader_id),
    )
    return list(without_second(left, gone_weeks(session, now)))


def _writable(session: Session, roll: Roll, ask: Ask, asked: Iterable[Asked]) -> list[Asked]:
    """Those who owe an answer that they may give."""
    silent = [one for one in asked if one.is_silent and one.holder.id in roll.by_id]
    rows = tasks_by_id(session, [one.addressee_id for one in silent])
    things = {key: thing_of_task(row, ask.subject) for key, row in rows.items()}
    return [one for one in silent if roll.may_do(one.holder.id, Right.ANSWER, things[one.addressee_id])]


def _first_letters(
    roll: Roll, ask: Ask, template: AskTemplate, silent: Sequence[Asked]
) -> Iterator[PlannedLetter]:
    """The questions, from when they are open; one letter to each who answers. Deputies got their own."""
    rule = LetterRule(
        template.letter, template.name, stage="", anchor=Anchor.STAGE_START, days=0, hours=0, audience=()
    )
    seen: set[int] = set()
    for one in silent:
        if one.is_passed_on or one.holder.id in seen:
            continue
        seen.add(one.holder.id)
        yield PlannedLetter(
            rule=rule,
            reader=roll.reader(roll.person(one.holder.id)),
            due_at=max(one.asked_at, ask.opens_at or one.asked_at),
            useless_after=one.closes_at,
            about_on=one.last_on,
            why=Sentence("Asked to answer until %(on)s.", {"on": one.last_on}),
        )


def _ladder(
    roll: Roll, template: AskTemplate, silent: Sequence[Asked], plan: StagePlan
) -> list[PlannedLetter]:
    awaited = []
    for one in silent:
        reader = roll.reader(roll.person(one.holder.id))
        asked_on = wall_time(one.asked_at, reader.calendar.time_zone).on
        party = one.party_name or one.person.name
        awaited.append(Awaited(party, one.city_id, one.group_id, reader, asked_on, one.last_on))
    return ladder_letters(template.chasing, template, awaited, _NOBODY_HELPS, send_at=plan.send_at)


def _owed(silent: Sequence[Asked], letter: PlannedLetter) -> tuple[int, ...]:
    """What its reader owes: of a reminder, that with its last day."""
    return tuple(
        one.addressee_id
        for one in silent
        if one.holder.id == letter.reader.person_id
        and (letter.rule.chases is None or one.last_on == letter.about_on)
    )


def _taken(session: Session, ask: Ask) -> set[str]:
    """The keys that the outbox has taken for good."""
    found = session.exec(
        select(Letter.once_key).where(Letter.ask_id == ask.id, col(Letter.state) != LetterState.WITHDRAWN)
    )
    return set(found)

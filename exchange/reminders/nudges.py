"""Nudging by hand: the week's chasing letter, sent now to who is silent in one city or group.

And the ladder of one cycle: its steps moved, or left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from exchange import audit
from exchange.answering.answer_status import AnswerStatus
from exchange.errors import Conflict
from exchange.invitations.invitation_letters import written_letter
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.mail.outbox.withdrawals import withdraw_chasing
from exchange.mail.schedule.chase_letters import Silence, missing_answers
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.schedule.planned import Planned
from exchange.mail.schedule.recipients import Roll, load_roll
from exchange.mail.schedule.task_links import with_tasks
from exchange.mail.schedule.unsubscribe_links import takes
from exchange.mail.writing.custom_wording import load_wordings
from exchange.models import Cycle, LadderChange, Letter, Person
from exchange.reminders.hold_ups import Party
from exchange.rules.letters.chase_ladder import Awaited, nudge
from exchange.rules.programme.stage_plan import ChaseStep, StagePlan
from exchange.rules.sentences import day_text
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings


@dataclass(frozen=True)
class Step:
    """A step of the ladder as one cycle has it."""

    step: ChaseStep
    is_off: bool
    days: int


def nudge_party(
    session: Session,
    cycle: Cycle,
    party: Party,
    *,
    plan: StagePlan,
    settings: Settings,
    actor: Person,
    now: datetime,
) -> list[str]:
    """Queue a reminder to everybody silent in a city or group who had none this week; their names.

    It has the week: the ladder writes to them no more in it. Raises Conflict when nobody is silent, or
    when all of them had their letter, saying when.
    """
    if cycle.published_at is None or cycle.cancelled_at or cycle.postponed_at:
        raise Conflict("The exchange is not published or was called off: nobody is reminded of it.")
    wordings = load_wordings(session)
    nudged: list[Person] = []
    for planned in _nudges(load_roll(session, now.date()), cycle, party, plan, now):
        linked = with_tasks(session, planned, plan=plan, settings=settings, now=now)
        letter = written_letter(session, linked, plan=plan, settings=settings, now=now, wordings=wordings)
        nudged += [planned.person] if _queued(session, planned, letter, actor, now) else []
    if not nudged:
        raise Conflict(_why_not(party))
    after = {"party": party.name, "people": [audit.named(person) for person in nudged]}
    audit.record(session, actor=actor, action="nudge", subject=f"cycle:{cycle.id}", now=now, after=after)
    return [person.name for person in nudged]


def _nudges(roll: Roll, cycle: Cycle, party: Party, plan: StagePlan, now: datetime) -> list[Planned]:
    people = {person.id: person for person in roll.people}
    by_person: dict[int, list[Awaited]] = {}
    ask = plan.ask(party.kind)
    for one in missing_answers(roll, cycle, Silence(AnswerStatus(party.told)), ask):
        by_person.setdefault(one.reader.person_id, []).append(one)
    planned = []
    for person_id, missing in by_person.items():
        due_at = soonest(missing[0].reader, now)
        letter = nudge(ask, missing, due_at=due_at)
        if takes(people[person_id], letter.rule.message_class):
            planned.append(Planned(people[person_id], letter, due_at, cycle))
    return planned


def _queued(
    session: Session, planned: Planned, letter: ComposedLetter, actor: Person, now: datetime
) -> Letter | None:
    """The letter in the outbox; None when its reader had one this week."""
    return queue(
        session,
        letter,
        to=planned.person,
        once_key=planned.once_key,
        kind=planned.kind,
        why=f"{actor.name} reminds by hand. {planned.why.text}",
        due_at=planned.due_at,
        useless_after=planned.leaves_until,
        now=now,
        cycle_id=planned.cycle.id if planned.cycle else None,
        chase_week=planned.chase_week,
    )


def _why_not(party: Party) -> str:
    """Why nobody could be reminded, with the day of the last letter."""
    if not party.silent:
        return "Nobody is silent there any more."
    if not party.told:
        return "The letter with the questions has not left yet: it waits for their next working morning."
    last = party.last_chased
    if last is None:
        return "Nobody silent there takes letters: they left, stopped them, or their address is refused."
    zone = party.silent[0].holder.time_zone
    on = day_text(wall_time(last.at, zone).on)
    return f"Everybody who is silent there had this week’s letter: the last is of {on}."


def steps_of(session: Session, cycle: Cycle, plan: StagePlan) -> list[Step]:
    """The ladder as the cycle has it, with the steps it leaves out."""
    changes = {
        change.step: change
        for change in session.exec(select(LadderChange).where(LadderChange.cycle_id == cycle.id))
    }
    found = []
    for step in plan.chasing:
        change = changes.get(step.key)
        found.append(Step(step, bool(change and change.is_off), change.days if change else step.days))
    return found


def change_ladder(
    session: Session, cycle: Cycle, steps: Sequence[Step], *, plan: StagePlan, actor: Person, now: datetime
) -> None:
    """Keep what the cycle does otherwise; chasing letters that wait are taken back and planned anew."""
    session.exec(select(Cycle.id).where(Cycle.id == cycle.id).with_for_update()).one()
    before = _facts(steps_of(session, cycle, plan))
    after = _facts(steps)
    if before == after:
        return
    rows = {
        change.step: change
        for change in session.exec(select(LadderChange).where(LadderChange.cycle_id == cycle.id))
    }
    for one in steps:
        row = rows.get(one.step.key)
        is_as_planned = not one.is_off and one.days == one.step.days
        if is_as_planned and row is not None:
            session.delete(row)
        elif not is_as_planned:
            row = row or LadderChange(cycle_id=cycle.id or 0, step=one.step.key, days=one.days)
            row.is_off, row.days = one.is_off, one.days
            session.add(row)
    session.flush()
    withdraw_chasing(session, cycle.id or 0, "The ladder of the cycle was changed.")
    audit.record(
        session,
        actor=actor,
        action="change ladder",
        subject=f"cycle:{cycle.id}",
        now=now,
        before=before,
        after=after,
    )


def _facts(steps: Sequence[Step]) -> dict[str, object]:
    return {one.step.key: "off" if one.is_off else one.days for one in steps}

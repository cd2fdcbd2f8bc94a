"""Letters of the programme with what an invitation adds: the answer link, the calendar part, what they tell.

The words are mail.writing.compose's; who gets what, when, is mail.schedule's.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from exchange.feeds.icalendar.itip_invitation import Method
from exchange.invitations.actions import invite, link_of, put_out
from exchange.invitations.calendar_part import may_be_sent
from exchange.invitations.meetings import MeetingOf, own_row
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.planned import CARRIED, Planned
from exchange.mail.schedule.told_dates import SITTINGS, STAGES, Facts, facts_of, merged, part
from exchange.mail.writing.compose import Coming, asks_to_come, is_launch, planned_letter
from exchange.mail.writing.custom_wording import NO_WORDINGS, Wordings
from exchange.models import Answer
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings


def written_letter(
    session: Session,
    due: Planned,
    *,
    plan: StagePlan,
    settings: Settings,
    now: datetime,
    wordings: Wordings = NO_WORDINGS,
) -> ComposedLetter:
    """The letter that is due, complete. Its reader is invited by it when it asks them to come."""
    meeting = meeting_asked(due, plan)
    if meeting is None:
        letter = planned_letter(due, plan=plan, settings=settings, wordings=wordings)
        return _telling(letter, due, None)
    invitation = invite(session, meeting, due.person, settings=settings, now=now)
    link = link_of(invitation, meeting, settings)
    coming = Coming(link, Answer(invitation.answer))
    letter = planned_letter(due, plan=plan, settings=settings, wordings=wordings, coming=coming)
    if not due.letter.rule.reminds_of:
        calendar = put_out(session, invitation, meeting, Method.REQUEST, settings=settings, now=now)
        letter = replace(letter, calendar=calendar)
    return _telling(letter, due, meeting)


def meeting_asked(due: Planned, plan: StagePlan) -> MeetingOf | None:
    """The meeting that a letter asks its reader to come to; None when it asks for something else."""
    if not asks_to_come(due):
        return None
    if due.cycle is None:
        return MeetingOf(training=due.training)
    stage = due.letter.rule.stage
    key = next((meeting.key for meeting in plan.meetings if meeting.stage == stage), plan.session.key)
    rows = [row for row in due.cycle.sittings if row.meeting == key]
    own = own_row(due.letter.reader.calendar, rows)
    return MeetingOf(cycle=due.cycle, sitting=own) if own else None


def _telling(letter: ComposedLetter, due: Planned, meeting: MeetingOf | None) -> ComposedLetter:
    """The letter, knowing which dates it told, beside which a later change is put, and what went along."""
    after = _told_by(due, meeting)
    for rider in due.riders:
        after = merged(after, _told_by(rider, None))
    carried = {CARRIED: due.carried} if due.riders else {}
    return replace(letter, tells={"after": after, **carried})


def _told_by(due: Planned, meeting: MeetingOf | None) -> Facts:
    about = due.cycle or due.training
    if about is None or not may_be_sent(MeetingOf(cycle=due.cycle, training=due.training)):
        return {}
    if meeting is not None and due.letter.rule.reminds_of:
        return {}  # it names the time, but brings no calendar up to date: a letter of the change still must
    facts = facts_of(about)
    if due.cycle is None:
        return facts
    if meeting is not None and meeting.sitting is not None:
        held = f"{meeting.sitting.meeting}:"
        return {SITTINGS: {key: v for key, v in part(facts, SITTINGS).items() if key.startswith(held)}}
    stages = part(facts, STAGES)
    stage = due.letter.rule.stage
    return {STAGES: stages if is_launch(due) else {key: v for key, v in stages.items() if key == stage}}

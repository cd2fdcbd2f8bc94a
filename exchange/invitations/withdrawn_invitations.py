"""Who was invited to a meeting that is ahead and is invited no longer: their calendars get a CANCEL.

Whoever leaves the network gets no letters at all, this one included.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Table, update
from sqlalchemy.orm import joinedload
from sqlmodel import Session, SQLModel, col, select

from exchange.access.standings import standing_of
from exchange.access.things import thing_about
from exchange.feeds.icalendar.itip_invitation import Method
from exchange.invitations import actions, queries
from exchange.invitations.calendar_part import may_be_sent
from exchange.invitations.last_told_dates import has_left, letters_about
from exchange.invitations.meetings import MeetingOf
from exchange.mail.outbox.letter_queue import CHANGE, HALT, RELEASE, queue
from exchange.mail.schedule.recipients import Roll, audiences_of_cycle, invited_to_training, load_roll
from exchange.mail.writing.compose import rule_asks_to_come
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.change_letters import Reader, blind_release_letter, release_letter
from exchange.models import (
    City,
    Cycle,
    Invitation,
    Letter,
    LetterState,
    Person,
    Sitting,
    TrainingEvent,
    item_key,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.access.rings import Ring, carried
from exchange.rules.programme.cycles import Sitting as RuleSitting
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.timezones import WallTime, wall_time
from exchange.settings import Settings

_LETTERS: Table = SQLModel.metadata.tables["letter"]

_city = joinedload(Invitation.person).joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values

Leaver = tuple[Invitation, MeetingOf]


def items_in_calendars(session: Session, now: datetime) -> list[str]:
    """The cycles and events with invitations to what is ahead: "cycle:12", "training:7"."""
    found = session.exec(
        select(Invitation.cycle_id, Invitation.training_id)
        .where(*_is_in_calendars(now))
        .distinct()
        .order_by(col(Invitation.cycle_id), col(Invitation.training_id))
    ).all()
    return [item_key(*ids) for ids in found]


def waits_to_be_told(session: Session, item: str) -> bool:
    """Whether readers of a cycle or an event are yet to be told of a change: nobody is let go before."""
    noun, _, number = item.partition(":")
    table = Cycle if noun == "cycle" else TrainingEvent
    return session.exec(select(table.tell_at).where(table.id == int(number))).first() is not None


def leavers(session: Session, item: str, *, plan: StagePlan, now: datetime) -> list[Leaver]:
    """Invitations to one cycle or event, in calendars although their reader is no longer asked to come."""
    ahead = [pair for pair in _in_calendars(session, item, now) if _is_ahead(pair[1], now)]
    if not ahead:
        return []
    roll = load_roll(session, now.date(), ahead[0][1].about)
    meetings = {meeting.on_roll: meeting for _, meeting in ahead}
    invited = {key: _invited_to(roll, meeting, plan) for key, meeting in meetings.items()}
    return [(one, meeting) for one, meeting in ahead if one.person_id not in invited[meeting.on_roll]]


def off_but_invited(
    roll: Roll, about: Cycle | TrainingEvent, invitations: Iterable[Invitation], plan: StagePlan
) -> set[int | None]:
    """Ids of those that calendars hold no longer although their readers are asked to come.

    So it is while the meeting does not take place; who was let go is not among them.
    """
    pairs = ((one, queries.meeting_in(about, one)) for one in invitations if one.is_off)
    off = [(one, meeting) for one, meeting in pairs if meeting is not None]
    meetings = {meeting.on_roll: meeting for _, meeting in off}
    invited = {key: _invited_to(roll, meeting, plan) for key, meeting in meetings.items()}
    return {one.id for one, meeting in off if one.person_id in invited[meeting.on_roll]}


def release(session: Session, item: str, *, plan: StagePlan, settings: Settings, now: datetime) -> int:
    """Tell each leaver once that they are no longer invited; how many. The caller has the turn.

    What invited them is freed: invited again, they get it again.
    """
    released = 0
    for invitation, meeting in leavers(session, item, plan=plan, now=now):
        if has_left(invitation, letters_about(session, meeting.about, [invitation.person_id])):
            _release(session, invitation, meeting, settings, now)
            released += 1
        else:
            invitation.says = None  # it is in no calendar
    return released


def _about(invitation: Invitation) -> ColumnElement[bool]:
    """Letters about what the invitation is to."""
    if invitation.cycle_id:
        return _LETTERS.c.cycle_id == invitation.cycle_id
    return _LETTERS.c.training_id == invitation.training_id


def _release(
    session: Session, invitation: Invitation, meeting: MeetingOf, settings: Settings, now: datetime
) -> None:
    _free_keys(session, invitation)
    person = invitation.person
    about, on = meeting.about, wall_time(now, person.city.time_zone).on
    if may(standing_of(session, person, now), Right.READ, thing_about(about)):
        sitting = RuleSitting("", "", meeting.wall, meeting.row.minutes)
        letter = release_letter(about, Reader(person, on), sitting, settings)
        if may_be_sent(meeting):
            calendar = actions.put_out(
                session, invitation, meeting, Method.CANCEL, settings=settings, now=now
            )
        else:
            calendar = actions.take_out(session, invitation, settings=settings, now=now)
    else:
        title = about.title if _has_told(session, invitation, about) else ""
        letter = blind_release_letter(about, Reader(person, on), _as_told(invitation), title, settings)
        calendar = actions.take_out(session, invitation, settings=settings, now=now)
    composed = letter.written(settings, load_wordings(session))
    queue(
        session,
        replace(composed, calendar=calendar),
        to=person,
        once_key=f"{actions.release_key(invitation)}{invitation.sequence}",
        kind=RELEASE,
        why="No longer invited.",
        useless_after=meeting.ends_at,
        now=now,
        cycle_id=invitation.cycle_id,
        training_id=invitation.training_id,
    )


def _has_told(session: Session, invitation: Invitation, about: Cycle | TrainingEvent) -> bool:
    """Whether a letter that went out told them the title that it has, and a letter may still say so."""
    shown = carried(about.marking, Ring.LETTER)
    if not shown or not shown.title:
        return False
    theirs = select(Letter.text).where(
        _about(invitation),
        Letter.person_id == invitation.person_id,
        col(Letter.state).in_((LetterState.SENT, LetterState.REFUSED)),
    )
    return any(about.title in text for text in session.exec(theirs))


def _as_told(invitation: Invitation) -> RuleSitting:
    """When the meeting was to be, as their calendar has it."""
    says = invitation.says or {}
    on, at = date.fromisoformat(str(says["on"])), time.fromisoformat(str(says["at"]))
    return RuleSitting("", "", WallTime(on, at, str(says["time_zone"])), int(str(says["minutes"])))


def _free_keys(session: Session, invitation: Invitation) -> None:
    """Let the letters that invited be planned again, should the person be invited once more."""
    freed = _LETTERS.c.once_key + f"!off{invitation.sequence + 1}"
    session.connection().execute(
        update(_LETTERS)
        .where(
            _about(invitation),
            _LETTERS.c.person_id == invitation.person_id,
            _LETTERS.c.calendar != "",
            _LETTERS.c.kind.not_in((CHANGE, HALT, RELEASE)),
        )
        .values(once_key=freed)
    )


def _is_in_calendars(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Invitations to meetings of these days and later that no CANCEL took out of calendars."""
    since = now.date() - timedelta(days=1)
    cycles = select(Sitting.cycle_id).where(col(Sitting.on_local) >= since)
    trainings = select(TrainingEvent.id).where(col(TrainingEvent.on_local) >= since)
    is_ahead = col(Invitation.cycle_id).in_(cycles) | col(Invitation.training_id).in_(trainings)
    return (col(Invitation.is_off).is_(False), is_ahead)


def _in_calendars(session: Session, item: str, now: datetime) -> list[Leaver]:
    """Invitations to one cycle or event that are in calendars, each with its meeting."""
    noun, _, number = item.partition(":")
    of_item = col(Invitation.cycle_id if noun == "cycle" else Invitation.training_id) == int(number)
    found = session.exec(
        select(Invitation)
        .where(*_is_in_calendars(now), of_item)
        .options(_city.selectinload(City.memberships), _city.selectinload(City.quiet_periods))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Invitation.id))
    ).all()
    asked = [one for one in found if one.says is not None and one.person.is_active]
    if not asked:
        return []
    about = queries.about_of(session, asked[0])
    pairs = ((one, queries.meeting_in(about, one)) for one in asked)
    return [(one, meeting) for one, meeting in pairs if meeting is not None]


def _is_ahead(meeting: MeetingOf, now: datetime) -> bool:
    """Whether it has not begun; a change that waits to be told is left for then.

    Also when it was called off: who is invited hears that, and who was taken off before hears this.
    """
    return meeting.about.tell_at is None and meeting.starts_at > now


def _invited_to(roll: Roll, meeting: MeetingOf, plan: StagePlan) -> set[int]:
    if meeting.training:
        return {reader.person_id for reader in invited_to_training(roll, meeting.training)}
    if meeting.cycle is None or meeting.sitting is None:
        return set()
    audiences = audiences_of_cycle(roll, meeting.cycle)
    names = {
        audience
        for rule in plan.letters
        if rule_asks_to_come(rule) and _meeting_key(rule.stage, plan) == meeting.sitting.meeting
        for audience in rule.audience
    }
    return {reader.person_id for name in names for reader in audiences.get(name, ())}


def _meeting_key(stage: str, plan: StagePlan) -> str:
    return next((meeting.key for meeting in plan.meetings if meeting.stage == stage), plan.session.key)

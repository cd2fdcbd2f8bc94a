"""Who was invited to a meeting that is ahead and is invited no longer: their calendars get a CANCEL.

Whoever leaves the network gets no letters at all, this one included.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Table, update
from sqlalchemy.orm import joinedload
from sqlmodel import Session, SQLModel, col, select

from exchange.feeds.invitation import Method
from exchange.invitations import actions, queries
from exchange.invitations.meetings import MeetingOf
from exchange.mail.change_letters import CHANGE, HALT, RELEASE, Reader, release_letter
from exchange.mail.compose import rule_asks_to_come
from exchange.mail.edited import load_wordings
from exchange.mail.outbox import queue
from exchange.mail.readers import Roll, audiences_of_cycle, invited_to_training, load_roll
from exchange.models import City, Cycle, Invitation, Person, Publication, Sitting, TrainingEvent
from exchange.rules.cycles import Sitting as RuleSitting
from exchange.rules.stage_plan import StagePlan
from exchange.rules.timezones import wall_time
from exchange.settings import Settings

_LETTERS: Table = SQLModel.metadata.tables["letter"]

_city = joinedload(Invitation.person).joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values

Leaver = tuple[Invitation, MeetingOf]


def leavers(session: Session, *, plan: StagePlan, now: datetime) -> list[Leaver]:
    """Invitations that stand in calendars although their reader is no longer asked to come."""
    ahead = [pair for pair in _standing(session, now) if _is_ahead(pair[1], now)]
    if not ahead:
        return []
    roll = load_roll(session, now.date())
    meetings = {meeting.on_roll: meeting for _, meeting in ahead}
    invited = {key: _invited_to(roll, meeting, plan) for key, meeting in meetings.items()}
    return [(one, meeting) for one, meeting in ahead if one.person_id not in invited[meeting.on_roll]]


def release(session: Session, *, plan: StagePlan, settings: Settings, now: datetime) -> int:
    """Tell each leaver once that they are no longer invited; how many. The caller has the turn.

    What invited them is freed: invited again, they get it again.
    """
    found = leavers(session, plan=plan, now=now)
    for invitation, meeting in found:
        _release(session, invitation, meeting, settings, now)
    return len(found)


def _release(
    session: Session, invitation: Invitation, meeting: MeetingOf, settings: Settings, now: datetime
) -> None:
    _free_keys(session, invitation)
    person = invitation.person
    about, on = meeting.about, wall_time(now, person.city.time_zone).on
    calendar = actions.put_out(session, invitation, meeting, Method.CANCEL, settings=settings, now=now)
    sitting = RuleSitting("", "", meeting.wall, meeting.row.minutes)
    letter = release_letter(about, Reader(person, on), sitting, settings)
    composed = letter.written(settings, load_wordings(session))
    queue(
        session,
        replace(composed, calendar=calendar),
        to=person,
        once_key=f"invitation:{invitation.id}:off{invitation.sequence}",
        kind=RELEASE,
        why="No longer invited.",
        useless_after=meeting.ends_at,
        now=now,
        cycle_id=invitation.cycle_id,
        training_id=invitation.training_id,
    )


def _free_keys(session: Session, invitation: Invitation) -> None:
    """Let the letters that invited be planned again, should the person be invited once more."""
    cycle_id, training_id = invitation.cycle_id, invitation.training_id
    about = _LETTERS.c.cycle_id == cycle_id if cycle_id else _LETTERS.c.training_id == training_id
    freed = _LETTERS.c.once_key + f"!off{invitation.sequence + 1}"
    session.connection().execute(
        update(_LETTERS)
        .where(
            about,
            _LETTERS.c.person_id == invitation.person_id,
            _LETTERS.c.calendar != "",
            _LETTERS.c.kind.not_in((CHANGE, HALT, RELEASE)),
        )
        .values(once_key=freed)
    )


def _standing(session: Session, now: datetime) -> list[Leaver]:
    """Invitations in calendars to meetings of these days and later, each meeting loaded once."""
    since = now.date() - timedelta(days=1)
    cycles = select(Sitting.cycle_id).where(col(Sitting.on_local) >= since)
    trainings = select(TrainingEvent.id).where(col(TrainingEvent.on_local) >= since)
    found = session.exec(
        select(Invitation)
        .where(
            col(Invitation.is_off).is_(False),
            col(Invitation.cycle_id).in_(cycles) | col(Invitation.training_id).in_(trainings),
        )
        .options(_city.selectinload(City.memberships), _city.selectinload(City.quiet_periods))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Invitation.id))
    ).all()
    asked = [one for one in found if one.says is not None and one.person.is_active]
    abouts: dict[tuple[int | None, int | None], Cycle | TrainingEvent] = {}
    for one in asked:
        key = (one.cycle_id, one.training_id)
        abouts[key] = abouts.get(key) or queries.about_of(session, one)
    pairs = ((one, queries.meeting_in(abouts[one.cycle_id, one.training_id], one)) for one in asked)
    return [(one, meeting) for one, meeting in pairs if meeting is not None]


def _is_ahead(meeting: MeetingOf, now: datetime) -> bool:
    """Whether it takes place and has not begun; a change that waits to be told is left for then."""
    about = meeting.about
    takes_place = about.publication is Publication.PUBLISHED and about.tell_at is None
    return takes_place and meeting.starts_at > now


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

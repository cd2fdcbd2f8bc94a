"""Invitations as pages and letters need them: by their secrets, by their meeting, and who comes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.city_calendars import city_calendar
from exchange.duties.planning_meeting import planning_meeting
from exchange.duties.prepared_events import prepared
from exchange.errors import NotFound
from exchange.feeds.content.eager_loading import cycle_loader_options
from exchange.invitations.invitation_links import answer_link
from exchange.invitations.meetings import MeetingOf, own_row
from exchange.mail.schedule.recipients import Meeting
from exchange.models import (
    Answer,
    Board,
    BoardMeeting,
    City,
    Cycle,
    Invitation,
    Person,
    Preparation,
    PreparationStep,
    TrainingEvent,
)
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.settings import Settings
from exchange.tokens import digest

LEADS_NOWHERE = (
    "This link leads nowhere: it may have been cut off in your mail program."
    " Copy the whole address from the letter, or reply to the letter."
)


@dataclass(frozen=True)
class CityTurnout:
    """Who of one city was invited, by answer; names in their order. ``comments`` are theirs, by name."""

    city: str
    names: dict[Answer, list[str]]
    comments: Sequence[tuple[str, str]] = ()

    def count(self, answer: Answer) -> int:
        """How many gave this answer."""
        return len(self.names.get(answer, ()))

    @property
    def invited(self) -> int:
        """How many were asked."""
        return sum(len(names) for names in self.names.values())


@dataclass(frozen=True)
class Turnout:
    """Who comes to one meeting, by city; ``meeting`` is its key, "" for an event."""

    meeting: str
    cities: Sequence[CityTurnout] = field(default_factory=tuple)

    def count(self, answer: Answer) -> int:
        """How many gave this answer."""
        return sum(city.count(answer) for city in self.cities)

    @property
    def invited(self) -> int:
        """How many were asked."""
        return sum(city.invited for city in self.cities)

    @property
    def places(self) -> int:
        """How many places to keep: everybody asked who has not declined."""
        return self.invited - self.count(Answer.DECLINED)

    def of_city(self, city: str) -> "Turnout":
        """The part of one city."""
        return Turnout(self.meeting, [one for one in self.cities if one.city == city])


def invitation_by_link(session: Session, token: str) -> Invitation:
    """The invitation whose answer link this is, with its person and their city. Raises NotFound."""
    found = session.exec(_with_person().where(Invitation.link_digest == digest(token))).first()
    if found is None or not found.person.is_active:
        raise NotFound(LEADS_NOWHERE)
    return found


def invitation_by_uid(session: Session, uid: str, tokens: Iterable[str]) -> Invitation | None:
    """The invitation with this UID, with its person and their city.

    Those to a planning meeting share theirs: it is the one whose secret address holds one of the tokens.
    """
    found = session.exec(_with_person().where(Invitation.uid == uid).order_by(col(Invitation.id))).all()
    secrets = {digest(token) for token in tokens}
    own = (one for one in found if one.reply_digest in secrets)
    return next(own, found[0] if len(found) == 1 else None)


def invitation_by_tokens(session: Session, tokens: Iterable[str]) -> Invitation | None:
    """The invitation whose secret address holds one of these tokens."""
    digests = [digest(token) for token in tokens]
    if not digests:
        return None
    return session.exec(_with_person().where(col(Invitation.reply_digest).in_(digests))).first()


def invitation_of(session: Session, meeting: MeetingOf, person_id: int) -> Invitation | None:
    """One person's invitation to a meeting."""
    if meeting.planning:
        is_to = [col(Invitation.preparation_step_id) == meeting.planning.id]
    elif meeting.board:
        is_to = [col(Invitation.board_meeting_id) == meeting.board.id]
    else:
        is_to = _is_to(meeting.on_roll)
    return session.exec(_with_person().where(*is_to, Invitation.person_id == person_id)).first()


def invitations_to_board_meeting(session: Session, meeting: BoardMeeting) -> Sequence[Invitation]:
    """All invitations to a meeting of a board, in their order."""
    return session.exec(
        _with_person().where(Invitation.board_meeting_id == meeting.id).order_by(col(Invitation.id))
    ).all()


def invitations_to_steps(session: Session, step_ids: Collection[int]) -> Sequence[Invitation]:
    """All invitations to planning meetings, by the steps that hold their hours, in their order."""
    return session.exec(
        _with_person().where(col(Invitation.preparation_step_id).in_(step_ids)).order_by(col(Invitation.id))
    ).all()


def turnout_of_board_meeting(session: Session, meeting: BoardMeeting) -> Turnout:
    """Who comes to a meeting of a board."""
    return _turnout("", invitations_to_board_meeting(session, meeting))


def turnout_of_step(session: Session, step_id: int) -> Turnout:
    """Who comes to a planning meeting."""
    return _turnout("", invitations_to_steps(session, [step_id]))


def invitations_to(
    session: Session, cycle_id: int | None, training_id: int | None, person_ids: Collection[int] | None = None
) -> Sequence[Invitation]:
    """All invitations to the meetings of a cycle, or to an event; of some people or (None) of everybody."""
    theirs = [] if person_ids is None else [col(Invitation.person_id).in_(person_ids)]
    return session.exec(
        _with_person()
        .where(Invitation.cycle_id == cycle_id, Invitation.training_id == training_id, *theirs)
        .order_by(col(Invitation.id))
    ).all()


def meeting_of(
    session: Session, invitation: Invitation, profiles: Profiles, now: datetime
) -> MeetingOf | None:
    """What an invitation is to, in the sitting that suits the person; None when there is none any more."""
    if invitation.preparation_step_id is not None:
        return _planning_meeting_of(session, invitation, profiles, now)
    if invitation.board_meeting_id is not None:
        return MeetingOf(board=board_meeting_of(session, invitation))
    return meeting_in(about_of(session, invitation), invitation)


def _planning_meeting_of(
    session: Session, invitation: Invitation, profiles: Profiles, now: datetime
) -> MeetingOf | None:
    found = prepared(session, about_of(session, invitation).id or 0, profiles, now)
    own = (one for one in found.lines if one.step and one.step.id == invitation.preparation_step_id)
    line = next(own, None)
    meeting = planning_meeting(found, line) if line else None
    return MeetingOf(planning=meeting) if meeting else None


def board_meeting_of(session: Session, invitation: Invitation) -> BoardMeeting:
    """The meeting of a board that an invitation is to, with the board's seats."""
    board = joinedload(BoardMeeting.board)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(
        select(BoardMeeting)
        .where(BoardMeeting.id == invitation.board_meeting_id)
        .options(board.selectinload(Board.members))  # type: ignore[arg-type]  # as above
    ).one()


def meeting_in(about: Cycle | TrainingEvent, invitation: Invitation) -> MeetingOf | None:
    """The same of a cycle or an event that is loaded."""
    if isinstance(about, TrainingEvent):
        return MeetingOf(training=about)
    rows = [row for row in about.sittings if row.meeting == invitation.meeting]
    own = own_row(city_calendar(invitation.person.city, about.starts_on), rows)
    return MeetingOf(cycle=about, sitting=own) if own else None


def about_of(session: Session, invitation: Invitation) -> Cycle | TrainingEvent:
    """The cycle or the event of an invitation, with all that decides who sees what of it.

    Of a planning meeting it is the event that it prepares.
    """
    is_prepared = (
        select(Preparation.training_id)
        .join(PreparationStep)
        .where(PreparationStep.id == invitation.preparation_step_id)
    )
    if invitation.training_id is not None or invitation.preparation_step_id is not None:
        is_it = col(TrainingEvent.id) == invitation.training_id
        return session.exec(
            select(TrainingEvent)
            .where(is_it if invitation.training_id else col(TrainingEvent.id).in_(is_prepared))
            .options(
                joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # SQLModel types relations as their values
                selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
                selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
            )
        ).one()
    return session.exec(
        select(Cycle).where(Cycle.id == invitation.cycle_id).options(*cycle_loader_options())
    ).one()


def turnouts_of_cycle(session: Session, cycle_id: int) -> dict[str, Turnout]:
    """Who comes to each meeting of a cycle, by the meeting's key."""
    found = invitations_to(session, cycle_id, None)
    keys = dict.fromkeys(one.meeting for one in found)
    return {key: _turnout(key, [one for one in found if one.meeting == key]) for key in keys}


def links_of_person(
    session: Session, person_id: int, settings: Settings, *, cycle_id: int | None, training_id: int | None
) -> dict[str, str]:
    """The person's own answer pages for the meetings of a cycle or for an event, by the meeting's key."""
    return {
        one.meeting: answer_link(settings, one)
        for one in invitations_to(session, cycle_id, training_id, [person_id])
        if not one.is_off
    }


def turnout_of_training(session: Session, training_id: int) -> Turnout:
    """Who comes to an event."""
    return _turnout("", invitations_to(session, None, training_id))


def _turnout(meeting: str, invitations: Iterable[Invitation]) -> Turnout:
    by_city: dict[str, dict[Answer, list[str]]] = {}
    comments: dict[str, list[tuple[str, str]]] = {}
    for one in sorted(invitations, key=lambda one: (one.person.city.name, one.person.name)):
        if not one.is_off:
            names = by_city.setdefault(one.person.city.name, {})
            names.setdefault(Answer(one.answer), []).append(one.person.name)
            if one.comment:
                comments.setdefault(one.person.city.name, []).append((one.person.name, one.comment))
    found = [CityTurnout(city, names, comments.get(city, ())) for city, names in by_city.items()]
    return Turnout(meeting, found)


def _with_person() -> SelectOfScalar[Invitation]:
    city = joinedload(Invitation.person).joinedload(Person.city)  # type: ignore[arg-type]  # as above
    return select(Invitation).options(
        city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        city.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
    )


def _is_to(meeting: Meeting) -> list[ColumnElement[bool]]:
    cycle_id, key, training_id = meeting
    return [
        col(Invitation.cycle_id) == cycle_id,
        col(Invitation.meeting) == key,
        col(Invitation.training_id) == training_id,
    ]

"""What is done with invitations: made, put out with a letter, answered; each answer in the audit trail.

It sends nothing: letters carry what calendar.py writes. It knows no pages.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from exchange import audit
from exchange.errors import Conflict
from exchange.feeds.invitation import Method
from exchange.invitations.calendar import calendar_part, may_be_sent, what_it_says
from exchange.invitations.links import answer_link, seal
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import invitation_of
from exchange.models import Answer, Channel, Invitation, Person, Publication
from exchange.settings import Settings

_INVITATIONS = SQLModel.metadata.tables["invitation"]
_TIME = ("on", "at", "time_zone")  # of what a calendar says: with these an answer is asked for anew


@dataclass(frozen=True)
class Said:
    """What one answer is and how it came."""

    answer: Answer
    channel: Channel
    at: datetime


class TooLate(Conflict):
    """The meeting has begun."""


class CalledOff(Conflict):
    """The meeting does not take place as it was, or the person is no longer invited."""


def invite(
    session: Session, meeting: MeetingOf, person: Person, *, settings: Settings, now: datetime
) -> Invitation:
    """The person's invitation to the meeting, made when there is none yet; nothing goes out by it."""
    found = invitation_of(session, meeting.on_roll, person.id or 0)
    if found is None:
        _insert(session, meeting, person, settings, now)
        found = invitation_of(session, meeting.on_roll, person.id or 0)
    if found is None:
        raise ValueError("an invitation that was inserted is there")
    seal(settings, found)
    return found


def link_of(invitation: Invitation, meeting: MeetingOf, settings: Settings) -> str:
    """The answer link for a letter; "" where the marking lets a letter say nothing."""
    return answer_link(settings, invitation) if may_be_sent(meeting) else ""


def put_out(
    session: Session,
    invitation: Invitation,
    meeting: MeetingOf,
    method: Method,
    *,
    settings: Settings,
    now: datetime,
) -> str:
    """The calendar part that goes with a letter; "" where the marking allows none.

    SEQUENCE rises when it says something else than the last one. Another time asks anew: the answer
    to the old one does not count for it.
    """
    if not may_be_sent(meeting):
        return ""
    says, is_off = what_it_says(meeting), method is Method.CANCEL
    if invitation.says is not None and (says, is_off) != (invitation.says, invitation.is_off):
        invitation.sequence += 1
    if _is_moved(invitation.says, says) and not is_off:
        invitation.answer, invitation.answered_at, invitation.answered_by = Answer.NONE.value, None, ""
    invitation.says, invitation.is_off = says, is_off
    invitation.sent_to = invitation.person.email
    invitation.changed_at = now
    session.add(invitation)
    session.flush()
    return calendar_part(meeting, invitation, invitation.person, method=method, settings=settings)


def answer(
    session: Session, invitation: Invitation, meeting: MeetingOf, said: Said, *, now: datetime
) -> None:
    """Keep whether the person comes; it may be changed until the meeting begins. ``said.at`` is when they
    said it, which may be a while before it is read.

    Raises TooLate and CalledOff. The same answer again changes nothing.
    """
    check_open(invitation, meeting, said.at)
    before = invitation.answer
    if before == said.answer and invitation.answered_at is not None:
        return
    invitation.answer = said.answer.value
    invitation.answered_at, invitation.answered_by = said.at, said.channel.value
    session.add(invitation)
    session.flush()
    about = meeting.about
    noun = "cycle" if meeting.cycle else "training"
    audit.record(
        session,
        actor=invitation.person,
        action="answer invitation",
        subject=f"invitation:{invitation.id}",  # not the event's: its history would hold little else
        before={"answer": before},
        after={"answer": said.answer.value, "by": said.channel.value, "to": f"{noun}:{about.id}"},
        now=now,
    )


def check_open(invitation: Invitation, meeting: MeetingOf, now: datetime) -> None:
    """Raise TooLate or CalledOff when no answer is taken any more."""
    if meeting.about.publication is not Publication.PUBLISHED or invitation.is_off:
        raise CalledOff("This meeting does not take place, or you are no longer invited to it.")
    if meeting.starts_at <= now:
        raise TooLate("This meeting has begun: an answer changes nothing any more.")


def _is_moved(before: dict[str, object] | None, after: dict[str, object]) -> bool:
    return before is not None and any(before.get(name) != after[name] for name in _TIME)


def _insert(session: Session, meeting: MeetingOf, person: Person, settings: Settings, now: datetime) -> None:
    """One row, whoever else inserts it at the same time."""
    cycle_id, key, training_id = meeting.on_roll
    row = Invitation(
        person_id=person.id or 0,
        cycle_id=cycle_id,
        meeting=key,
        training_id=training_id,
        uid=f"{uuid4()}@exchange",
        changed_at=now,
        link_digest="",
        reply_digest="",
        sent_to=person.email,
    )
    seal(settings, row)
    values = {
        column.name: getattr(row, column.name) for column in _INVITATIONS.columns if column.name != "id"
    }
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.connection().execute(dialect.insert(_INVITATIONS).values(values).on_conflict_do_nothing())

"""What is done with invitations: made, put out with a letter, answered; each answer in the audit trail.

It sends nothing: letters carry what calendar_part.py writes. It knows no pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from exchange import audit
from exchange.answering.attendance_needs import drop_need
from exchange.errors import Conflict
from exchange.feeds.icalendar.itip_invitation import Method
from exchange.invitations.calendar_part import calendar_part, may_be_sent, taken_out, what_it_says
from exchange.invitations.invitation_links import answer_link, seal
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import invitation_of
from exchange.mail.outbox.withdrawals import withdraw_release
from exchange.mail.schedule import outlooks
from exchange.mail.schedule.told_dates import Facts
from exchange.models import Answer, Channel, Invitation, Person, Publication, item_key
from exchange.settings import Settings

_INVITATIONS = SQLModel.metadata.tables["invitation"]
_TIME = ("on", "at", "time_zone")  # of what a calendar says: with these an answer is asked for anew


@dataclass(frozen=True)
class Said:
    """What one answer is and how it came, with what was written beside it.

    ``taken_by`` is the coordinator who took it in the person's place; None when it came from them.
    """

    answer: Answer
    channel: Channel
    at: datetime
    comment: str = ""
    taken_by: Person | None = None


class TooLate(Conflict):
    """The meeting has begun."""


class CalledOff(Conflict):
    """The meeting does not take place as it was, or the person is no longer invited."""


def invite(
    session: Session, meeting: MeetingOf, person: Person, *, settings: Settings, now: datetime
) -> Invitation:
    """The person's invitation to the meeting, made when there is none yet; nothing goes out by it."""
    found = invitation_of(session, meeting, person.id or 0)
    if found is None:
        _insert(session, meeting, person, settings, now)
        found = invitation_of(session, meeting, person.id or 0)
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
    if meeting.planning:  # a calendar that has it from a feed, too, takes the higher number
        invitation.sequence = max(invitation.sequence, meeting.planning.sequence)
    if invitation.is_off and not is_off:
        withdraw_release(session, once_keys=release_key(invitation), why="The person is invited again.")
    if _is_moved(invitation.says, says) and not is_off:
        _ask_anew(session, invitation)
    invitation.says = says
    _note_sending(session, invitation, is_off=is_off, now=now)
    return calendar_part(meeting, invitation, invitation.person, method=method, settings=settings)


def take_out(session: Session, invitation: Invitation, *, settings: Settings, now: datetime) -> str:
    """The calendar part that takes a meeting out for somebody who may no longer know of it.

    What it says of the meeting is what they were told last.
    """
    invitation.sequence += 1
    _note_sending(session, invitation, is_off=True, now=now)
    return taken_out(invitation, invitation.person, settings=settings)


def take_out_unsaid(
    session: Session,
    invitation: Invitation,
    meeting: MeetingOf,
    method: Method,
    *,
    settings: Settings,
    now: datetime,
) -> str:
    """The same for somebody who takes part, of a meeting that letters may say nothing of by now (TLP:RED).

    What their calendar holds from before would stay there, wrong. "" when it holds nothing, or what is so
    still. After it the calendar holds nothing; an answer to another time does not count.
    """
    is_moved = _is_moved(invitation.says, what_it_says(meeting))
    if invitation.says is None or invitation.is_off or not (is_moved or method is Method.CANCEL):
        return ""
    calendar = take_out(session, invitation, settings=settings, now=now)
    invitation.sequence += 1  # an invitation that goes to the same calendar again comes after it
    if is_moved and method is not Method.CANCEL:
        _ask_anew(session, invitation)
    invitation.says, invitation.is_off = None, False
    session.flush()
    return calendar


def _note_sending(session: Session, invitation: Invitation, *, is_off: bool, now: datetime) -> None:
    """Keep what the calendar part of now does, and to which address it goes."""
    invitation.is_off, invitation.sent_to, invitation.changed_at = is_off, invitation.person.email, now
    session.add(invitation)
    session.flush()


def release_key(invitation: Invitation) -> str:
    """The beginning of the keys of letters that its reader is no longer invited; SEQUENCE ends them."""
    return f"invitation:{invitation.id}:off"


def snapshot_of(invitation: Invitation) -> Facts:
    """What an invitation says and what was answered to it, before a letter says something else."""
    answered_at = invitation.answered_at.isoformat() if invitation.answered_at else None
    return {
        "invitation": invitation.id,
        "says": invitation.says,
        "is_off": invitation.is_off,
        "answer": [str(invitation.answer), answered_at, invitation.answered_by],
        "comment": invitation.comment,
        "time_sequence": invitation.time_sequence,
    }


def take_back(invitation: Invitation, snapshot: Mapping[str, object]) -> None:
    """Let the invitation stand as it did before a letter that never left; nothing when others left since.

    ``snapshot`` is snapshot_of before the letter, with the letter's "sequence". That number stays, as the
    letter may have got through all the same; an answer that the letter made void counts again.
    """
    if invitation.sequence != snapshot["sequence"]:
        return
    says, answered = snapshot["says"], snapshot["answer"]
    invitation.says = says if isinstance(says, dict) else None
    invitation.is_off = bool(snapshot["is_off"])
    if invitation.answered_at is None and isinstance(answered, list):
        given, at, by = answered
        invitation.answer, invitation.answered_by = str(given), str(by)
        invitation.answered_at = datetime.fromisoformat(at) if at else None
        invitation.comment = str(snapshot.get("comment", ""))
    invitation.time_sequence = int(str(snapshot.get("time_sequence", invitation.time_sequence)))


def answer(
    session: Session, invitation: Invitation, meeting: MeetingOf, said: Said, *, now: datetime
) -> None:
    """Keep whether the person comes; it may be changed until the meeting begins. ``said.at`` is when they
    said it, which may be a while before it is read.

    Raises TooLate and CalledOff. The same answer again changes nothing but what is written beside it.
    """
    check_open(invitation, meeting, said.at)
    before = invitation.answer
    if before == said.answer and invitation.answered_at is not None:
        invitation.comment = said.comment or invitation.comment
        invitation.answered_at = max(invitation.answered_at, said.at)  # what was said before it is older
        return
    invitation.comment = said.comment
    invitation.answer = said.answer.value
    invitation.answered_at, invitation.answered_by = said.at, said.channel.value
    session.add(invitation)
    session.flush()
    if said.answer is Answer.DECLINED and invitation.training_id:
        drop_need(session, invitation, now)
    noun = "board meeting" if meeting.board else "cycle" if meeting.cycle else "training"
    audit.record(
        session,
        actor=said.taken_by or invitation.person,
        action="take shown answer" if said.taken_by else "answer invitation",
        subject=f"invitation:{invitation.id}",  # not the event's: its history would hold little else
        before={"answer": before},
        after={"answer": said.answer.value, "by": said.channel.value, "to": f"{noun}:{meeting.subject.id}"},
        now=now,
    )


def check_open(invitation: Invitation, meeting: MeetingOf, now: datetime) -> None:
    """Raise TooLate or CalledOff when no answer is taken any more."""
    if meeting.subject.publication is not Publication.PUBLISHED or invitation.is_off:
        raise CalledOff("This meeting does not take place, or you are no longer invited to it.")
    if meeting.starts_at <= now:
        raise TooLate("This meeting has begun: an answer changes nothing any more.")


def _ask_anew(session: Session, invitation: Invitation) -> None:
    """An answer to another time does not count for this one."""
    is_planned = invitation.cycle_id is not None or invitation.training_id is not None
    # Who declined may be reminded again, and no entry says so.
    if is_planned and invitation.answer != Answer.NONE.value:
        outlooks.forget(session, item_key(invitation.cycle_id, invitation.training_id))
    invitation.answer, invitation.answered_at, invitation.answered_by = Answer.NONE.value, None, ""
    invitation.comment, invitation.time_sequence = "", invitation.sequence


def _is_moved(before: dict[str, object] | None, after: dict[str, object]) -> bool:
    return before is not None and any(before.get(name) != after[name] for name in _TIME)


def _insert(session: Session, meeting: MeetingOf, person: Person, settings: Settings, now: datetime) -> None:
    """One row, whoever else inserts it at the same time."""
    cycle_id, key, training_id = meeting.on_roll if meeting.is_of_programme else (None, "", None)
    row = Invitation(
        person_id=person.id or 0,
        cycle_id=cycle_id,
        meeting=key,
        training_id=training_id,
        board_meeting_id=meeting.board.id if meeting.board else None,
        preparation_step_id=meeting.planning.id if meeting.planning else None,
        uid=meeting.planning.uid if meeting.planning else f"{uuid4()}@exchange",
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

"""One person's part in meetings, in words: what they were invited to, and where they were present."""

from collections.abc import Iterator

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.board_things import thing_of_board_meeting
from exchange.invitations.queries import about_of
from exchange.models import (
    Attendance,
    AttendanceSheet,
    BoardMeeting,
    Cycle,
    Invitation,
    Person,
    Sitting,
    TrainingEvent,
)
from exchange.personal_data.parts.taking import Row, Taking, instant_text


def attendance(session: Session, person: Person, taking: Taking) -> Iterator[Row]:
    """To which meetings the person was invited, and what they answered."""
    found = session.exec(
        select(Invitation).where(Invitation.person_id == person.id).order_by(col(Invitation.id))
    ).all()
    for invitation in found:
        if invitation.board_meeting_id:
            meeting = session.get_one(BoardMeeting, invitation.board_meeting_id)
            if not taking.leaves_out(meeting.marking):
                title = taking.title_of(meeting, thing_of_board_meeting(meeting))
                yield _row(invitation, "board meeting", title, meeting.marking, meeting)
            continue
        if invitation.preparation_step_id:
            prepared = about_of(session, invitation)
            if not taking.kept.holds(prepared):
                yield _planning_row(invitation, taking.title(prepared), prepared.marking)
            continue
        if invitation.cycle_id:
            about: Cycle | TrainingEvent = session.get_one(Cycle, invitation.cycle_id)
            when: Sitting | TrainingEvent | None = _first_sitting(session, invitation)
        else:
            about = when = session.get_one(TrainingEvent, invitation.training_id)
        if taking.kept.holds(about):
            continue
        yield _row(invitation, invitation.meeting or "event", taking.title(about), about.marking, when)


def _planning_row(invitation: Invitation, title: str, marking: str) -> Row:
    """A planning meeting: when it was to be, as the person was told last."""
    says = invitation.says or {}
    told = {
        "on_local": str(says.get("on", "")),
        "starts_local": str(says.get("at", "")),
        "time_zone": str(says.get("time_zone", "")),
    }
    return _row(invitation, "planning meeting", title, marking, None) | told


def _row(
    invitation: Invitation,
    kind: str,
    title: str,
    marking: str,
    when: Sitting | TrainingEvent | BoardMeeting | None,
) -> Row:
    return {
        "kind": kind,
        "title": title,
        "marking": marking,
        "on_local": when.on_local.isoformat() if when else "",
        "starts_local": f"{when.starts_local:%H:%M}" if when else "",
        "time_zone": when.time_zone if when else "",
        "invited_as": invitation.sent_to,
        "answer": invitation.answer,
        "answered_at": instant_text(invitation.answered_at),
        "answered_by": invitation.answered_by,
        "comment": invitation.comment,
    }


def presence(session: Session, person: Person, taking: Taking) -> Iterator[Row]:
    """At which meetings the person was, and under which city."""
    sheet = joinedload(Attendance.sheet)  # type: ignore[arg-type]  # SQLModel types relations as their values
    found = session.exec(
        select(Attendance)
        .where(Attendance.person_id == person.id)
        .options(
            joinedload(Attendance.city),  # type: ignore[arg-type]  # as above
            sheet.joinedload(AttendanceSheet.training),  # type: ignore[arg-type]  # as above
            sheet.joinedload(AttendanceSheet.sitting).joinedload(Sitting.cycle),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Attendance.id))
    )
    for one in found:
        when = one.sheet.training or one.sheet.sitting
        about = when.cycle if isinstance(when, Sitting) else when
        if when is None or about is None or taking.kept.holds(about):
            continue
        yield {
            "kind": when.meeting if isinstance(when, Sitting) else "event",
            "title": taking.title(about),
            "marking": about.marking,
            "on_local": when.on_local.isoformat(),
            "city": one.city.name,
            "how": one.presence,
            "said_so_themselves": one.is_own_word,
            "noted_at": instant_text(one.noted_at),
        }


def _first_sitting(session: Session, invitation: Invitation) -> Sitting | None:
    return session.exec(
        select(Sitting)
        .where(Sitting.cycle_id == invitation.cycle_id, Sitting.meeting == invitation.meeting)
        .order_by(col(Sitting.number))
    ).first()

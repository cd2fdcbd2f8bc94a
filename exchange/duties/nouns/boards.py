"""Meetings of boards that owe their minutes, as duties. Reads only."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.board_things import thing_of_board_meeting
from exchange.duties.listed import Listed, Window
from exchange.meeting_times import ends_at
from exchange.models import Board, BoardMeeting, BoardMember
from exchange.rules.access.policy import Right
from exchange.rules.duties.duty import Subject
from exchange.rules.duties.minutes import WITHIN, HeldBoardMeeting, minutes_duties
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time

MINUTES = "minutes"  # a kind of config/duties.toml
_A_DAY = timedelta(days=1)  # a wall may be a day ahead


def duties_of_boards(session: Session, window: Window) -> Iterator[Listed]:
    """Of published meetings that are over; nothing for a reader who neither plans nor sits on a board."""
    standing = window.reader.standing if window.reader is not None else None
    if standing is not None and not standing.plans and not standing.boards:
        return
    today = wall_time(window.now, "UTC").on
    board = joinedload(BoardMeeting.board)  # type: ignore[arg-type]  # SQLModel types relations as their values
    which = select(BoardMeeting).where(
        col(BoardMeeting.on_local).between(window.first_on - WITHIN, today + _A_DAY),
        col(BoardMeeting.published_at).is_not(None),
        col(BoardMeeting.cancelled_at).is_(None),
    )
    for meeting in session.exec(
        which.options(board.selectinload(Board.members).joinedload(BoardMember.person))  # type: ignore[arg-type]  # as above
    ):
        if ends_at(meeting) <= window.now:
            on = wall_time(window.now, meeting.time_zone).on
            held = HeldBoardMeeting(
                subject=Subject("board meeting", meeting.id or 0, meeting.title),
                held_on=meeting.on_local,
                time_zone=meeting.time_zone,
                marking=Marking(meeting.marking),
                chairs=[
                    seat.person_id
                    for seat in meeting.board.members
                    if seat.is_chair and seat.person.is_active and seat.holds_on(on)
                ],
                recorded_at=meeting.recorded_at,
            )
            for duty in minutes_duties(held):
                page = f"/governance/meetings/{meeting.id}/minutes"
                yield Listed(duty, MINUTES, thing_of_board_meeting(meeting), page, Right.WRITE)

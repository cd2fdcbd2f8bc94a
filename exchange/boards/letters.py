"""Letters about meetings of boards: which there are, and who sits there. Not what is owed to whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from exchange.boards.queries import keys_of_letters, meeting_options
from exchange.invitations.following.letters import Followed, follow, who_comes
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import invitations_to_board_meeting
from exchange.mail.outbox.letter_queue import BOARD_MEETING
from exchange.mail.writing.occasions.board_letters import meeting_letter, released_letter
from exchange.models import BoardMeeting, Person, Publication
from exchange.settings import Settings

_A_DAY = timedelta(days=1)
_WHY = "A meeting of a board that the reader sits on."


def tell_boards(session: Session, settings: Settings, now: datetime) -> int:
    """Write what is owed about published meetings that are ahead; how many letters that were.

    A meeting that was changed less than ten minutes ago waits. The caller has the turn of the trail.
    """
    told = 0
    for meeting in _ahead(session, now):
        if meeting.tell_at is None or meeting.tell_at <= now:
            followed = _followed(session, meeting, settings)
            told += follow(session, followed, _seated(session, followed.of, now), settings, now)
            meeting.tell_at = None
    return told


def _ahead(session: Session, now: datetime) -> list[BoardMeeting]:
    found = session.exec(
        select(BoardMeeting)
        .where(
            col(BoardMeeting.on_local) >= now.date() - _A_DAY,
            col(BoardMeeting.published_at).is_not(None),
        )
        .options(*meeting_options())
        .order_by(col(BoardMeeting.id))
    ).all()
    return [one for one in found if MeetingOf(board=one).starts_at > now]


def _followed(session: Session, meeting: BoardMeeting, settings: Settings) -> Followed:
    return Followed(
        of=MeetingOf(board=meeting),
        kind=BOARD_MEETING,
        prefix=keys_of_letters(meeting),
        why=_WHY,
        is_off=meeting.publication is Publication.CANCELLED,
        join_link=meeting.join_link,
        present=invitations_to_board_meeting(session, meeting),
        letter=lambda to, news: meeting_letter(meeting, to, news, settings),
        released=lambda to: released_letter(to, settings),
    )


def _seated(session: Session, of: MeetingOf, now: datetime) -> Sequence[Person]:
    """Who sits on the board now and may know of the meeting."""
    ids = [seat.person_id for seat in of.board.board.members] if of.board else []
    return who_comes(session, of, ids, now)

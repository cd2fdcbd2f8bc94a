"""Meetings of boards in the calendars of those who sit on them, and in no other calendar.

rules.access decides who may know of one and what a calendar carries of it. They are no part of the programme.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.board_things import thing_of_board_meeting
from exchange.feeds.content.entries import Audience, Entry, EntryKind, EntryStatus, on_clock
from exchange.feeds.content.words import words_of
from exchange.meeting_times import wall_of
from exchange.models import Board, BoardMeeting, Publication
from exchange.rules.access.policy import Right, may
from exchange.rules.access.rings import Ring, Showing, carried
from exchange.rules.markings.tlp_labels import Marking

NOUN = "board meeting"


def item_of_meeting(meeting: BoardMeeting) -> str:
    """The name under which a change of it waits: "board meeting:12"."""
    return f"{NOUN}:{meeting.id}"


def reach_of_meeting(meeting: BoardMeeting) -> str:
    """All that decides who sees it and how much, in the form of programme_items.reach_of."""
    named = sorted(meeting.named_ids) if meeting.marking == Marking.RED else []
    return json.dumps([meeting.marking, [], [], "", named, [meeting.board_id]])


def published_meetings(session: Session, ids: Sequence[int] | None = None) -> Sequence[BoardMeeting]:
    """Those that are published, cancelled ones too, with their boards; of some ids or (None) all."""
    board = joinedload(BoardMeeting.board)  # type: ignore[arg-type]  # SQLModel types relations as their values
    statement = (
        select(BoardMeeting)
        .where(col(BoardMeeting.published_at).is_not(None))
        .options(board.selectinload(Board.members))  # type: ignore[arg-type]  # as above
        .order_by(col(BoardMeeting.id))
    )
    return session.exec(statement if ids is None else statement.where(col(BoardMeeting.id).in_(ids))).all()


def meeting_entries(session: Session, audience: Audience, network: str) -> list[Entry]:
    """All that an audience sees of meetings of boards."""
    if not audience.standing.boards:
        return []
    return [
        entry for one in published_meetings(session) for entry in entries_of_meeting(one, audience, network)
    ]


def showing_of_meeting(meeting: BoardMeeting, audience: Audience) -> Showing | None:
    """How much an audience may see: only a person's own calendar, and only of the boards they sit on."""
    thing = replace(thing_of_board_meeting(meeting), is_published=True)
    rights = (Right.READ, Right.TAKE_PART)
    if audience.ring is not Ring.PERSON or not all(may(audience.standing, one, thing) for one in rights):
        return None
    return carried(meeting.marking, Ring.PERSON)


def entries_of_meeting(meeting: BoardMeeting, audience: Audience, network: str) -> list[Entry]:
    """The meeting as one entry, as much of it as the marking lets a calendar carry; else nothing."""
    shown = showing_of_meeting(meeting, audience)
    if shown is None:
        return []
    return [entry_of_meeting(meeting, shown, audience, network)]


def entry_of_meeting(meeting: BoardMeeting, shown: Showing, audience: Audience, network: str) -> Entry:
    """The same for whoever is known to be shown that much."""
    words, wall = words_of(audience.language), wall_of(meeting)
    join_link = meeting.join_link if shown.link else ""
    title = meeting.title if shown.title else words.gettext("%(network)s event", network=network)
    is_off = meeting.publication is Publication.CANCELLED
    return Entry(
        kind=EntryKind.SESSION,
        uid=meeting.uid,
        sequence=meeting.sequence,
        changed_at=meeting.changed_at,
        title=words.gettext("Private") if shown.busy_only else title,
        marking=Marking(meeting.marking),
        status=EntryStatus.CANCELLED if is_off else EntryStatus.CONFIRMED,
        word=words.called_off(meeting.publication),
        is_block=shown.busy_only,
        is_neutral=not shown.title,
        starts=wall if shown.title else on_clock(wall, audience.time_zone),
        minutes=meeting.minutes,
        place=meeting.place if shown.place else "",
        description=meeting.agenda if shown.description else "",
        link=f"/governance/meetings/{meeting.id}" if shown.portal else "",
        join_link=join_link,
        join_label=words.gettext("Join") if join_link else "",
        categories=(words.gettext("Board meeting"),) if shown.title else (),
        alarm_minutes=audience.alarm_minutes,
    )

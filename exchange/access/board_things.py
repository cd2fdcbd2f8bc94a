"""Meetings and decisions of boards as things of the policy."""

from dataclasses import replace

from exchange.models import BoardDecision, BoardMeeting, BoardPaper
from exchange.rules.access.things import Kind, Thing


def thing_of_board_meeting(meeting: BoardMeeting) -> Thing:
    """The meeting; needs its board with the seats. Who may write its minutes are the board's chairs."""
    return Thing(
        Kind.BOARD_MEETING,
        meeting.marking,
        is_published=meeting.published_at is not None,
        boards=frozenset({meeting.board_id}),
        named=frozenset(meeting.named_ids),
        authors=frozenset(seat.person_id for seat in meeting.board.members if seat.is_chair),
    )


def thing_of_paper(meeting: BoardMeeting, paper: BoardPaper) -> Thing:
    """Something to read for the meeting, under a marking of its own; needs the same."""
    return replace(
        thing_of_board_meeting(meeting), marking=paper.marking, container=thing_of_board_meeting(meeting)
    )


def thing_of_minutes(meeting: BoardMeeting) -> Thing:
    """Its minutes, under a marking of their own; needs the same. Without minutes nobody reads any."""
    return replace(
        thing_of_board_meeting(meeting),
        marking=meeting.record_marking,
        container=thing_of_board_meeting(meeting),
    )


def thing_of_decision(decision: BoardDecision) -> Thing:
    """The decision, which is known without its meeting."""
    return Thing(
        Kind.DECISION,
        decision.marking,
        boards=frozenset({decision.board_id}),
        named=frozenset(decision.named_ids),
    )


def meeting_once_published(meeting: BoardMeeting) -> Thing:
    """The meeting as it will be known; needs the same."""
    return replace(thing_of_board_meeting(meeting), is_published=True)

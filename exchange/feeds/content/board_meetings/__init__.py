"""Meetings of boards in the calendars of those who sit on them."""

from exchange.feeds.content.board_meetings.entries import (
    NOUN,
    entries_of_meeting,
    entry_of_meeting,
    item_of_meeting,
    meeting_entries,
    published_meetings,
    reach_of_meeting,
    showing_of_meeting,
)

__all__ = [
    "NOUN",
    "entries_of_meeting",
    "entry_of_meeting",
    "item_of_meeting",
    "meeting_entries",
    "published_meetings",
    "reach_of_meeting",
    "showing_of_meeting",
]

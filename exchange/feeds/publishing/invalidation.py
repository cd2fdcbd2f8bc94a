"""Changes that feeds have yet to show: marked in the transaction of the change, taken by the publisher.

A mark names what changed, never which feeds show it: that is known to the publisher, from what it
published before and from the rows as they are after.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from exchange.duties.prepared_events import planners_of_event
from exchange.feeds.content.board_meetings import item_of_meeting, reach_of_meeting
from exchange.feeds.content.programme_items import is_narrower, item_of, reach_of
from exchange.feeds.publishing.duty_entries import OWED_ITEMS
from exchange.feeds.publishing.variant_writer import wait_for_publishers
from exchange.models import (
    BoardMeeting,
    Cycle,
    ExpertGroup,
    Feed,
    FeedChange,
    FeedComponent,
    FeedSlot,
    Person,
    PublishedFeed,
    Sitting,
    Stage,
    TrainingEvent,
)

EVERYTHING = ""  # the item of a change that any feed may show


def new_uid() -> str:
    """A UID for as long as an entry lives; it names nobody (RFC 7986 5.3)."""
    return f"{uuid4()}@exchange"


def touch(entry: Stage | Sitting | TrainingEvent, now: datetime) -> None:
    """Say that readers will see a change of an entry already published: a higher SEQUENCE, a new DTSTAMP."""
    entry.sequence += 1
    entry.changed_at = now


def mark_cycle_stale(session: Session, cycle: Cycle) -> None:
    """Have every feed looked at again that showed the cycle when last published or will show it now."""
    _mark(session, cycle)


def mark_training_stale(session: Session, training: TrainingEvent) -> None:
    """Have every feed looked at again that showed the event when last published or will show it now."""
    _mark(session, training)


def mark_board_meeting_stale(session: Session, meeting: BoardMeeting) -> None:
    """Have every feed looked at again that showed a board's meeting or will show it now; needs its board."""
    item = item_of_meeting(meeting)
    session.add(FeedChange(item=item))
    session.flush()
    _hide_from_those_who_lose_it(session, item, reach_of_meeting(meeting))


def mark_all_stale(session: Session) -> None:
    """Have every feed worked out again, with all that it lists."""
    session.add(FeedChange(item=EVERYTHING))
    session.flush()


def mark_file_renamed(session: Session, group: ExpertGroup) -> None:
    """Have the group's feed answered with the name that its file has now; the calendar does not hold it."""
    of_group = select(Feed.id).where(Feed.group_id == group.id)
    session.execute(
        update(PublishedFeed)
        .where(col(PublishedFeed.feed_id).in_(of_group), col(PublishedFeed.version) > 0)
        .values(version=PublishedFeed.version + 1)
    )


def mark_person_stale(session: Session, person: Person, *, is_narrower: bool = False) -> None:
    """Have a person's own feed, if any, looked at again: seats, city, roles and language decide it.

    ``is_narrower``: they may know less than before, and their calendar is empty until then.
    """
    feed_id = session.exec(select(Feed.id).where(Feed.person_id == person.id)).first()
    if feed_id is None:
        return
    mark_all_stale(session)
    if is_narrower:
        wait_for_publishers(session)
        session.execute(
            update(PublishedFeed)
            .where(col(PublishedFeed.feed_id) == feed_id, col(PublishedFeed.version) > 0)
            .values(version=PublishedFeed.version + 1, slots="")
        )


def hide_owed_about(session: Session, *subjects: str) -> None:
    """Take what people owe about some things, as "finding:7", out of calendars until it is written anew.

    To be called when their marking rises. All else that changes what somebody owes needs no mark: it writes
    an entry of the audit trail, which has the publisher look again.
    """
    is_owed = col(FeedSlot.item).startswith(OWED_ITEMS)
    is_about = [col(FeedSlot.reach).contains(f'"{one}"') for one in subjects]
    _empty(session, session.exec(select(FeedSlot.id).where(is_owed, or_(*is_about))).all())


def _mark(session: Session, row: Cycle | TrainingEvent) -> None:
    session.add(FeedChange(item=item_of(row)))
    session.flush()
    planners = planners_of_event(session, row.id or 0) if isinstance(row, TrainingEvent) else ()
    _hide_from_those_who_lose_it(session, item_of(row), reach_of(row, planners))


def _hide_from_those_who_lose_it(session: Session, item: str, reach_now: str) -> None:
    """Take an item that fewer may see, or of which less, out of all calendars until it is written anew.

    So a marking that rises holds at once, also while no clock runs.
    """
    slots = session.exec(
        select(FeedSlot.id, FeedSlot.reach).where(FeedSlot.item == item).order_by(col(FeedSlot.id))
    ).all()
    narrowed = [slot_id for slot_id, reach in slots if is_narrower(reach, reach_now)]
    if narrowed:
        _empty(session, narrowed)
        hide_owed_about(session, item)


def _empty(session: Session, slot_ids: Sequence[int | None]) -> None:
    if not slot_ids:
        return
    wait_for_publishers(session)
    session.execute(delete(FeedComponent).where(col(FeedComponent.slot_id).in_(slot_ids)))
    raised = update(FeedSlot).where(col(FeedSlot.id).in_(slot_ids)).values(version=FeedSlot.version + 1)
    session.execute(raised)

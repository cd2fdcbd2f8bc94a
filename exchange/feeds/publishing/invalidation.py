"""Changes that feeds have yet to show: marked in the transaction of the change, taken by the publisher.

A mark names what changed, never which feeds show it: that is known to the publisher, from what it
published before and from the rows as they are after.
"""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from exchange.feeds.items import item_of
from exchange.models import (
    Cycle,
    ExpertGroup,
    Feed,
    FeedChange,
    Person,
    PublishedFeed,
    Sitting,
    Stage,
    TrainingEvent,
)

EVERYTHING = ""  # the item of a change that any feed may show


def new_uid() -> str:
    """A UID for an entry's whole life; it names nobody (RFC 7986 5.3)."""
    return f"{uuid4()}@exchange"


def touch(entry: Stage | Sitting | TrainingEvent, now: datetime) -> None:
    """Say that readers will see a change of an entry already published: a higher SEQUENCE, a new DTSTAMP."""
    entry.sequence += 1
    entry.changed_at = now


def mark_cycle_stale(session: Session, cycle: Cycle) -> None:
    """Have every feed looked at again that showed the cycle when last published or will show it now."""
    session.add(FeedChange(item=item_of(cycle)))
    session.flush()


def mark_training_stale(session: Session, training: TrainingEvent) -> None:
    """Have every feed looked at again that showed the event when last published or will show it now."""
    session.add(FeedChange(item=item_of(training)))
    session.flush()


def mark_all_stale(session: Session) -> None:
    """Have every feed looked at again, as a whole."""
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


def mark_person_stale(session: Session, person: Person) -> None:
    """Have a person's own feed, if any, looked at again: seats, city, roles and language decide it."""
    if session.exec(select(Feed.id).where(Feed.person_id == person.id)).first() is not None:
        mark_all_stale(session)

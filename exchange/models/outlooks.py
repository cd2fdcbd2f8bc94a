"""What the clock worked out about a cycle or an event, and how long that holds: it looks again only after."""

from datetime import date, datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


def item_key(cycle_id: int | None, training_id: int | None) -> str:
    """The name of a cycle or an event by the one id that is set: "cycle:12", "training:7"."""
    return f"cycle:{cycle_id}" if cycle_id else f"training:{training_id}"


class Outlook(SQLModel, table=True):
    """One look: no letter of the item is due before ``next_at`` unless something is done about it before.

    ``what`` is what was looked for: "letters" to queue, "leavers" to let go, or what is "owed", which
    calendars show (of all items in one row, ``item`` ""). Nothing but the time of the next look follows from
    the row, and it may be deleted at any time.
    """

    __tablename__ = "outlook"

    what: str = Field(primary_key=True)
    item: str = Field(primary_key=True)  # an item_key
    seen: int  # id of the last entry of the audit trail by then
    looked_on: date  # UTC
    made_with: str  # a digest of stage plan, zone data and release
    next_at: datetime | None = None  # None: nothing is to come as things stand
    departures: list[list[object]] = Field(default_factory=list, sa_type=JSON)  # mail.schedule.planned
    readers: list[list[int]] = Field(default_factory=list, sa_type=JSON)  # of each, in the same order

"""Who fetches the calendars: by address and kind of program when last and how often; no network address."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from exchange.models.base import one_of


class CalendarProgram(StrEnum):
    """The families of programs that can be told apart by what they say of themselves."""

    OUTLOOK = "outlook"  # on a computer, a phone, and the servers of Exchange
    GOOGLE = "google"
    APPLE = "apple"
    THUNDERBIRD = "thunderbird"
    ANDROID = "android"  # ICSx5 and DAVx5
    NEXTCLOUD = "nextcloud"
    LINUX = "linux"  # Evolution, GNOME, KDE
    COMMAND_LINE = "command line"  # vdirsyncer, which khal and calcurse read from, and the like
    AUTOMATION = "automation"  # Power Automate, Logic Apps
    BROWSER = "browser"  # somebody opened the address: a look, no subscription
    OTHER = "other"


class FeedPoll(SQLModel, table=True):
    """The fetches of one feed at one of its addresses by one kind of program.

    ``serial`` is the address's, 0 for the public feed. ``state_at`` is the Last-Modified of the newest
    state that was fetched: whoever has it has every change published until then.
    """

    __tablename__ = "feed_poll"
    __table_args__ = (one_of("program", CalendarProgram), CheckConstraint("polls > 0", name="polls"))

    feed_id: int = Field(foreign_key="feed.id", primary_key=True)
    serial: int = Field(primary_key=True)
    program: str = Field(primary_key=True)
    last_at: datetime  # to the minute
    state_at: datetime  # whole seconds
    polled_on: date  # the UTC date that ``polls`` counts
    polls: int
    polls_before: int = 0  # on the last date before it that had any

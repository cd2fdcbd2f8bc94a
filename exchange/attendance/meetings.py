"""The meeting whose attendance it is, an event or one sitting of an exchange, as a value over loaded rows."""

from dataclasses import dataclass
from datetime import datetime

from exchange.access.things import thing_of_attendance
from exchange.errors import Conflict, ExchangeError
from exchange.invitations.meetings import MeetingOf
from exchange.models import City, Cycle, Presence, Publication, TrainingEvent, TrainingMode
from exchange.rules.access.things import Thing
from exchange.rules.programme.doors import is_door_open


class NotYet(Conflict):
    """The meeting has not begun."""


class NotHeld(Conflict):
    """The meeting does not take place, or is a draft."""


@dataclass(frozen=True)
class Meeting:
    """``of`` is the event, or the exchange with the sitting."""

    of: MeetingOf

    @property
    def about(self) -> Cycle | TrainingEvent:
        """What it belongs to."""
        return self.of.about

    @property
    def host(self) -> City:
        """The city that hosts the event or leads the exchange."""
        return self.about.lead_city if isinstance(self.about, Cycle) else self.about.host_city

    @property
    def thing(self) -> Thing:
        """What rights are asked about."""
        return thing_of_attendance(self.about)

    @property
    def is_hybrid(self) -> bool:
        """Whether some are in the room and some elsewhere."""
        return self.of.training is not None and self.of.training.mode == TrainingMode.HYBRID

    @property
    def presence(self) -> Presence:
        """How somebody is there of whom nothing else is said."""
        training = self.of.training
        is_online = training is None or training.mode == TrainingMode.VIRTUAL
        return Presence.REMOTE if is_online else Presence.IN_PERSON

    @property
    def invited_as(self) -> str:
        """The key of its invitations: the meeting's in the stage plan, "" for an event."""
        return self.of.sitting.meeting if self.of.sitting else ""

    @property
    def key(self) -> str:
        """ "training:12" or "sitting:7"."""
        return f"training:{self.of.training.id}" if self.of.training else f"sitting:{self.of.row.id}"

    def is_door_open(self, now: datetime) -> bool:
        """Whether people may say now that they are there."""
        takes_place = self.about.publication is Publication.PUBLISHED
        return takes_place and is_door_open(self.of.starts_at, self.of.ends_at, now)


def check_notable(meeting: Meeting, now: datetime) -> None:
    """Raise NotHeld or NotYet when nobody can say yet, or ever, who was there."""
    word = meeting.about.publication
    if word is Publication.CANCELLED:
        raise NotHeld("%(title)s was cancelled: nobody was there.", title=meeting.about.title)
    if word is not Publication.PUBLISHED:
        raise NotHeld("%(title)s is not on the calendar, so nobody was there.", title=meeting.about.title)
    if now < meeting.of.starts_at:
        raise NotYet("It has not begun: note who was there once it has.")


def why_not_notable(meeting: Meeting, now: datetime) -> ExchangeError | None:
    """The same as a value for pages; None when it can be noted."""
    try:
        check_notable(meeting, now)
    except Conflict as error:
        return error
    return None

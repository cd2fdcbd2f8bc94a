"""What a meeting of a board that was held owes: its minutes. Not what they say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.rules.duties.duty import Duty, Owner, Role, Subject
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence

WITHIN = timedelta(days=14)  # while people remember what was meant


@dataclass(frozen=True)
class HeldBoardMeeting:
    """A meeting that is over; ``held_on`` is a date on its own wall, in ``time_zone``.

    ``chairs`` are the people who chair the board now; ``recorded_at`` is when the minutes were written.
    """

    subject: Subject
    held_on: date
    time_zone: str
    marking: Marking
    chairs: Collection[int] = ()
    recorded_at: datetime | None = None


def minutes_duties(meeting: HeldBoardMeeting) -> tuple[Duty, ...]:
    """To write its minutes within two weeks: for each chair, whoever does it first; else for coordinators."""
    owners = [Owner(Role.PERSON, one) for one in sorted(meeting.chairs)] or [Owner(Role.COORDINATOR)]
    return tuple(
        Duty(
            key=f"{meeting.subject.kind}:{meeting.subject.id}:minutes:{owner.id or owner.role.value}",
            what=Sentence("Write the minutes"),
            subject=meeting.subject,
            owner=owner,
            due_on=meeting.held_on + WITHIN,
            time_zone=meeting.time_zone,
            starts_on=meeting.held_on,
            done_at=meeting.recorded_at,
            marking=meeting.marking,
        )
        for owner in owners
    )

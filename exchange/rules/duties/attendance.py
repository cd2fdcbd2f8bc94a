"""What a meeting that was held owes: that somebody notes who was there. Not who that was."""

from dataclasses import dataclass
from datetime import date, datetime

from exchange.rules.duties.due_days import working_days_after
from exchange.rules.duties.duty import Duty, Owner, Role, Subject
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence
from exchange.rules.time.holidays import CityCalendar

WORKING_DAYS = 2  # while people remember who sat beside them


@dataclass(frozen=True)
class HeldMeeting:
    """An event, or a sitting of an exchange, that is over; ``last_on`` is a date on the host's wall.

    ``key`` begins with its noun and id, like "training:12" or "cycle:3"; ``sitting`` is a sitting's number
    among the rows, None for an event. ``noted_at`` is when somebody noted who was there.
    """

    subject: Subject
    last_on: date
    host: CityCalendar
    host_city_id: int
    marking: Marking
    sitting_id: int | None = None
    noted_at: datetime | None = None


def attendance_due_on(last_on: date, host: CityCalendar) -> date:
    """Two working days of the host after the meeting's last day."""
    return working_days_after(last_on, WORKING_DAYS, host)


def attendance_duties(meeting: HeldMeeting) -> tuple[Duty, ...]:
    """To note who was there, for those who speak for the host and for coordinators: whoever does it first."""
    subject, due_on = meeting.subject, attendance_due_on(meeting.last_on, meeting.host)
    of_sitting = "" if meeting.sitting_id is None else f":{meeting.sitting_id}"
    owners = (Owner(Role.CITY_CONTACT, meeting.host_city_id), Owner(Role.COORDINATOR))
    return tuple(
        Duty(
            key=f"{subject.kind}:{subject.id}:attendance{of_sitting}:{owner.role.value}",
            what=Sentence("Note who was there"),
            subject=subject,
            owner=owner,
            due_on=due_on,
            time_zone=meeting.host.time_zone,
            starts_on=meeting.last_on,
            done_at=meeting.noted_at,
            marking=meeting.marking,
        )
        for owner in owners
    )

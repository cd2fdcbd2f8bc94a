"""What a named colleague asks of coordinators: to decide within two working days. Not who they are."""

from datetime import date

from exchange.rules.duties.due_days import working_days_after
from exchange.rules.duties.duty import Duty, Owner, Role, Subject
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence
from exchange.rules.time.holidays import CityCalendar

WORKING_DAYS = 2  # who was named books a journey, or does not


def nomination_duty(
    nomination_id: int, subject: Subject, *, named_on: date, city: CityCalendar, marking: Marking
) -> Duty:
    """To decide about a colleague whom somebody of ``city`` named on ``named_on``, a date there."""
    return Duty(
        key=f"{subject.kind}:{subject.id}:nomination:{nomination_id}",
        what=Sentence("Decide about a colleague who was named"),
        subject=subject,
        owner=Owner(Role.COORDINATOR),
        due_on=working_days_after(named_on, WORKING_DAYS, city),
        time_zone=city.time_zone,
        marking=marking,
    )

"""To ask cities how far they are with findings, twice a year, as a duty of the coordinators."""

from calendar import monthrange
from datetime import date, timedelta

from exchange.rules.duties.duty import Duty, Owner, Role, Subject
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence

MONTHS = 6  # between two rounds
_LEAD = timedelta(days=28)  # it is thought of from four weeks before


def ask_again_on(asked_on: date) -> date:
    """The same day six months later, or the last of a month that has no such day."""
    year, month = divmod(asked_on.year * 12 + asked_on.month - 1 + MONTHS, 12)
    return date(year, month + 1, min(asked_on.day, monthrange(year, month + 1)[1]))


def ask_cities_duty(asked_on: date, time_zone: str) -> Duty:
    """To ask again, six months after ``asked_on``, a date on the wall in ``time_zone``.

    The key is that of the round before: once cities were asked, another duty takes its place.
    """
    due_on = ask_again_on(asked_on)
    return Duty(
        key=f"findings:ask:{asked_on.isoformat()}",
        what=Sentence("Ask cities how far they are with findings"),
        subject=Subject("findings", 0, "Findings"),
        owner=Owner(Role.COORDINATOR),
        due_on=due_on,
        time_zone=time_zone,
        starts_on=due_on - _LEAD,
        marking=Marking.GREEN,
    )

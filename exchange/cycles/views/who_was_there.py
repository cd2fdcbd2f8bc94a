"""What the page of an exchange says of who was at its sittings: counts, and where they are noted."""

from sqlmodel import Session

from exchange.access.things import thing_of_attendance, thing_of_turnout
from exchange.answering.attendance.counts import CityCount, counts_of_sittings
from exchange.models import Cycle
from exchange.rules.access.policy import Right
from exchange.web.access.request_context import allowed


def who_was_there(session: Session, cycle: Cycle) -> dict[str, object]:
    """Counts by the sitting's id, as far as the reader may know them, and whether they may note who was."""
    ids = [sitting.id or 0 for sitting in cycle.sittings]
    knows = allowed(Right.READ, thing_of_turnout(cycle))
    there: dict[int, list[CityCount]] = counts_of_sittings(session, ids) if knows else {}
    return {"there": there, "notes_attendance": allowed(Right.CHANGE, thing_of_attendance(cycle))}

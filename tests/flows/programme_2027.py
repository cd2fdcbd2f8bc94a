"""The 2027 calendar of the network as a coordinator types it: five cycles and their pauses."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PlannedCycle:
    """One line of the calendar: what is typed, and what must come of it."""

    name: str
    theme: str  # key in config/network.toml
    lead: str  # name of the lead city
    starts_on: date
    ends_on: date
    session_on: date


CYCLES = (
    PlannedCycle("C1", "T08", "London", date(2027, 1, 11), date(2027, 3, 7), date(2027, 2, 11)),
    PlannedCycle("C2", "T06", "Stockholm", date(2027, 3, 8), date(2027, 5, 2), date(2027, 4, 8)),
    PlannedCycle("C3", "T09", "Washington DC", date(2027, 5, 3), date(2027, 6, 27), date(2027, 6, 3)),
    PlannedCycle("C4", "T04", "London", date(2027, 8, 9), date(2027, 10, 3), date(2027, 9, 9)),
    PlannedCycle("C5", "T16", "Stockholm", date(2027, 10, 4), date(2027, 11, 28), date(2027, 11, 4)),
)

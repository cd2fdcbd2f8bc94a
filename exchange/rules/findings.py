"""Findings: what speaks against a day, a session or a span, from what must not be to what is good to know.

Not decisions: a person may overrule a block with a reason, kept under the finding's key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from exchange.rules.holidays import CityCalendar
from exchange.rules.sentences import Value
from exchange.rules.timezones import WallTime


class Severity(IntEnum):
    """How much a finding weighs; the heavier the lower the number."""

    BLOCK = 1
    WARN = 2
    INFORM = 3


@dataclass(frozen=True)
class Finding:
    """One thing found. ``key`` stays the same for the same fact and carries overrides.

    ``template`` is English with ``%(name)s`` places, filled by ``values``; dates stay dates for the page to format.
    """

    severity: Severity
    key: str
    template: str
    values: Mapping[str, Value]

    @property
    def text(self) -> str:
        """The finding in English."""
        raise NotImplementedError


@dataclass(frozen=True)
class NetworkEvent:
    """Another event of the network; ``title`` as its marking lets the reader see it, ``key`` like "cycle:12"."""

    title: str
    on: date
    key: str


def findings_for_day(
    on: date, calendars: Sequence[CityCalendar], *, host_id: int | None, afternoon: bool = False
) -> list[Finding]:
    """What speaks against a day, sorted. ``host_id`` is the host's city_id; ``afternoon`` asks for half days too.

    Block: a holiday of the host or of a lead city. Warn: any other city's, a weekend, a squeeze day,
    a quiet period, a half day.
    """
    raise NotImplementedError


def findings_for_session(
    wall: WallTime, minutes: int, calendars: Sequence[CityCalendar], *, host_id: int | None
) -> list[Finding]:
    """Day findings on each city's own dates of the session, and clocks that are out of step, sorted.

    Clocks are compared between lead cities, and between each other city and the host (else the first lead).
    Raises NonexistentTime, UnknownZone.
    """
    raise NotImplementedError


def findings_for_span(first_on: date, last_on: date, calendars: Sequence[CityCalendar]) -> list[Finding]:
    """Quiet periods that a span of days touches: a warning for a lead city's, information for another's."""
    raise NotImplementedError


def findings_for_week(on: date, others: Sequence[NetworkEvent]) -> list[Finding]:
    """Other events of the network in the same ISO week, as information."""
    raise NotImplementedError


def sort_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Heaviest first, then by key, so that the same facts always read in the same order."""
    return sorted(findings, key=lambda finding: (finding.severity, finding.key))

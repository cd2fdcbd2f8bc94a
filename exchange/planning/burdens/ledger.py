"""What each city bears of a programme: points for every session and event by the hour on its wall. Pure.

The planner's own measure, applied to what stands in the programme, also to what was planned by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from exchange.planner.problem.hour_burdens import Band, Bands, burden_of, worst_band
from exchange.planner.problem.problem import Burden
from exchange.planning.burdens.spread import spread_of
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import wall_time

SHOULDER = (time(7), time(21))  # what lies outside is night; a city that works longer stretches them


@dataclass(frozen=True)
class Meeting:
    """Something of the programme that cities attend; ``sittings`` are the instants at which it is held.

    ``city_ids`` None means every city of the network. A city attends the sitting that costs it least.
    """

    key: str  # "cycle:12", "training:7"
    kind: str  # "session" or "training"
    title: str
    sittings: tuple[datetime, ...]
    minutes: int
    city_ids: frozenset[int] | None = None
    host_id: int | None = None
    is_draft: bool = False
    is_private: bool = False  # at TLP:RED
    place_zone: str = ""  # of the place where somebody is; "" when all join from where they are
    is_in_person: bool = False  # all are at the place

    @property
    def starts_at(self) -> datetime:
        """The first sitting."""
        return min(self.sittings)

    def clock_of(self, calendar: CityCalendar) -> str:
        """The zone whose clock its people live by: the place's for those present, else their own."""
        is_present = self.is_in_person or self.host_id == calendar.city_id
        return self.place_zone if is_present and self.place_zone else calendar.time_zone


@dataclass(frozen=True)
class Cost:
    """One meeting as one city has it: the instant it attends, the band it falls in, the points."""

    meeting: Meeting
    at: datetime
    band: Band
    points: int


@dataclass(frozen=True)
class Account:
    """What one city bears: what it has borne, what is published to come, what is only a draft."""

    calendar: CityCalendar
    borne: tuple[Cost, ...] = ()
    ahead: tuple[Cost, ...] = ()
    drafts: tuple[Cost, ...] = ()

    @property
    def costs(self) -> tuple[Cost, ...]:
        """All of them, by date."""
        return self.borne + self.ahead + self.drafts

    @property
    def total(self) -> int:
        """All points."""
        return points_of(self.costs)


@dataclass(frozen=True)
class Ledger:
    """The accounts of all cities, lead cities first; ``mean`` is of their totals."""

    accounts: tuple[Account, ...]
    weights: Burden = field(default_factory=Burden)

    @property
    def mean(self) -> float:
        """Points a city bears on average."""
        return sum(a.total for a in self.accounts) / len(self.accounts) if self.accounts else 0.0

    @property
    def spread(self) -> float:
        """How many points a city is from the mean, on average."""
        return spread_of([account.total for account in self.accounts])

    @property
    def worst(self) -> int:
        """The points of the city that bears most."""
        return max((account.total for account in self.accounts), default=0)


def ledger_of(
    meetings: Sequence[Meeting], calendars: Iterable[CityCalendar], weights: Burden, now: datetime
) -> Ledger:
    """The accounts of the cities as they stand at ``now``: what has begun is borne, unless it is a draft."""
    ordered = sorted(meetings, key=lambda meeting: (meeting.starts_at, meeting.key))
    return Ledger(tuple(_account(ordered, calendar, weights, now) for calendar in calendars), weights)


def points_by_city(
    meetings: Sequence[Meeting], calendars: Sequence[CityCalendar], weights: Burden
) -> Mapping[int, int]:
    """The points of each city, by its id."""
    return {calendar.city_id: points_of(_costs(meetings, calendar, weights)) for calendar in calendars}


def points_of(costs: Iterable[Cost]) -> int:
    """Their sum."""
    return sum(cost.points for cost in costs)


def in_band(costs: Iterable[Cost], band: Band) -> int:
    """How many fall into a band."""
    return sum(cost.band is band for cost in costs)


def bands_of_city(calendar: CityCalendar) -> Bands:
    """A city's day: its working hours are the core, seven to nine in the evening the shoulder around it."""
    begins, ends = shoulder_of(calendar)
    return Bands(
        (_minute(calendar.work_starts), _minute(calendar.work_ends)), (_minute(begins), _minute(ends))
    )


def shoulder_of(calendar: CityCalendar) -> tuple[time, time]:
    """The hours that are no night, as wide as the working hours at least."""
    return min(SHOULDER[0], calendar.work_starts), max(SHOULDER[1], calendar.work_ends)


def _account(meetings: Sequence[Meeting], calendar: CityCalendar, weights: Burden, now: datetime) -> Account:
    costs = _costs(meetings, calendar, weights)
    published = [cost for cost in costs if not cost.meeting.is_draft]
    return Account(
        calendar,
        borne=tuple(cost for cost in published if cost.at <= now),
        ahead=tuple(cost for cost in published if cost.at > now),
        drafts=tuple(cost for cost in costs if cost.meeting.is_draft),
    )


def _costs(meetings: Sequence[Meeting], calendar: CityCalendar, weights: Burden) -> list[Cost]:
    return [
        _cost(meeting, calendar, weights)
        for meeting in meetings
        if meeting.city_ids is None or calendar.city_id in meeting.city_ids
    ]


def _cost(meeting: Meeting, calendar: CityCalendar, weights: Burden) -> Cost:
    bands = bands_of_city(calendar)
    spans = {at: _wall_span(at, meeting.minutes, meeting.clock_of(calendar)) for at in meeting.sittings}
    at = min(spans, key=lambda each: (burden_of(bands, [spans[each]], weights), each))
    return Cost(meeting, at, worst_band(bands, [spans[at]]), burden_of(bands, [spans[at]], weights))


def _wall_span(at: datetime, minutes: int, time_zone: str) -> tuple[int, int]:
    """Minutes of the local day on which it starts; the end may lie beyond midnight."""
    starts = wall_time(at, time_zone).naive
    ends = wall_time(at + timedelta(minutes=minutes), time_zone).naive
    begin = 60 * starts.hour + starts.minute
    return begin, begin + max(1, (ends - starts) // timedelta(minutes=1))


def _minute(at: time) -> int:
    return 60 * at.hour + at.minute

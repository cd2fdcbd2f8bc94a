"""What keeps an event off a day, clashes with it or speaks against it: holidays, quiet and busy times.

Not gaps and weeks (feasible_days.py), and not the hour (hour_burdens.py). Everything is asked per city and
local date, so that a refusal can name both.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from exchange.planner.problem.problem import PlannedCity, Problem
from exchange.rules.sentences import Sentence
from exchange.rules.time.holidays import (
    CityCalendar,
    half_day_on,
    holiday_on,
    is_squeeze_day,
    optional_day_on,
)


@dataclass(frozen=True)
class BusySpan:
    """A busy interval in minutes of the horizon's first day."""

    begin: int
    end: int


class CityDays:
    """The days of one city: blocked, a clash, or merely unwelcome; each with its reason in words."""

    def __init__(self, problem: Problem, city: PlannedCity) -> None:
        self.problem = problem
        self.city = city
        self.calendar = calendar_of(city) if city.country else None
        self.days_off = city.days_off

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """The local dates that events of the horizon can touch."""
        first_on = self.problem.start_on - timedelta(days=2)
        return tuple(first_on + timedelta(days=n) for n in range(self.problem.days + 5))

    @cached_property
    def blocked(self) -> dict[date, Sentence]:
        """Weekends; holidays of a lead city; quiet periods of a city that is needed."""
        found: dict[date, Sentence] = {}
        for on in self.dates:
            name = holiday_on(self.calendar, on) if self.calendar and self.city.is_lead else None
            if name:
                found[on] = self._said("%(on)s is %(holiday)s in %(city)s.", on=on, holiday=name)
            elif on.weekday() in self.days_off:
                found[on] = self._said("%(on)s is a weekend in %(city)s.", on=on)
        if self.city.is_needed:
            for on in self._quiet:
                found.setdefault(on, self._said("%(on)s lies in a quiet period of %(city)s.", on=on))
        return found

    @cached_property
    def clashes(self) -> dict[date, Sentence]:
        """Holidays of a city that does not lead."""
        if self.calendar is None or self.city.is_lead:
            return {}
        names = {on: holiday_on(self.calendar, on) for on in self.dates if on.weekday() not in self.days_off}
        return {
            on: self._said("%(on)s is %(holiday)s in %(city)s.", on=on, holiday=name)
            for on, name in names.items()
            if name
        }

    @cached_property
    def unwelcome(self) -> dict[date, Sentence]:
        """Squeeze, half and optional days of a lead city; quiet periods of a city that is not needed."""
        found = {}
        if self.calendar and self.city.is_lead:
            for on in self.dates:
                half = half_day_on(self.calendar, on)
                if half:
                    found[on] = self._said("%(on)s is a half day in %(city)s: %(half)s.", on=on, half=half)
                elif optional := optional_day_on(self.calendar, on):
                    template = "%(on)s is an optional holiday in %(city)s: %(optional)s."
                    found[on] = self._said(template, on=on, optional=optional)
                elif is_squeeze_day(self.calendar, on):
                    found[on] = self._said("%(on)s is a squeeze day in %(city)s.", on=on)
        if not self.city.is_needed:
            for on in self._quiet:
                found[on] = self._said("%(on)s lies in a quiet period of %(city)s.", on=on)
        return found

    @cached_property
    def busy(self) -> tuple[BusySpan, ...]:
        """The busy intervals that the horizon meets."""
        zero = datetime.combine(self.problem.start_on, time(), UTC)
        spans = (_busy_span(zero, begin, end) for begin, end in self.city.busy)
        last = (self.problem.days + 2) * 1440
        return tuple(span for span in spans if span.end > -1440 and span.begin < last)

    @cached_property
    def _quiet(self) -> tuple[date, ...]:
        return tuple(on for on in self.dates if any(first <= on <= last for first, last in self.city.quiet))

    def _said(self, template: str, **values: str | date) -> Sentence:
        return Sentence(template, {**values, "city": self.city.name})


def _busy_span(zero: datetime, begin: datetime, end: datetime) -> BusySpan:
    minute = timedelta(minutes=1)
    return BusySpan((begin - zero) // minute, -((zero - end) // minute))


def calendar_of(city: PlannedCity, city_id: int = 0) -> CityCalendar:
    """The city as the rules of holidays and clocks know it; quiet periods are looked at apart (CityDays)."""
    return CityCalendar(
        city_id=city_id,
        city=city.name,
        time_zone=city.time_zone,
        country=city.country,
        subdivision=city.subdivision,
        categories=city.categories,
        work_starts=city.core[0],
        work_ends=city.core[1],
        quiet=(),
        is_lead=city.is_lead,
    )

"""Holidays, squeeze days and working days of a city, from the ``holidays`` package and a rule.

Not observances of faiths, and not opinions: day_findings.py says how serious a holiday is for a plan.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from types import MappingProxyType

import holidays as holidays_package

from exchange.errors import InvalidInput
from exchange.rules.time.quiet_periods import QuietPeriod

ONE_DAY = timedelta(days=1)
# Days on which people leave early are kept by the package among others in these categories.
PARTLY_FREE_CATEGORIES = ("half_day", "bank", "optional")
HALF_DAY_CATEGORY = "half_day"
HALF_DAY_MARK = "(from "  # how the package writes of an early end, as in "Maundy Thursday (from 2pm)"
SQUEEZE_DAY = "Squeeze day"
# Days of rest that differ from the country's, which is all the package knows: Kedah, Kelantan and Terengganu
# rest on Friday and Saturday.
FRIDAY_AND_SATURDAY = (4, 5)
REST_BY_SUBDIVISION = {("MY", number): FRIDAY_AND_SATURDAY for number in ("02", "03", "11")}
LONGEST_REST_DAYS = 60  # no calendar is without a working day for so long; ends a search that would not


@dataclass(frozen=True)
class CityClock:
    """Which city, the zone its wall shows, and whether it is one of the leads."""

    city_id: int
    city: str
    time_zone: str
    is_lead: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class CityCalendar(CityClock):
    """What the rules know of a city's time: zone, holidays, working hours and quiet periods.

    ``country`` is ISO 3166 alpha-2, ``subdivision`` and ``categories`` are spelled as in the
    ``holidays`` package ("" and () mean none and "public"). ``work_starts`` and ``work_ends`` are
    wall times. ``language`` is that of the city's calendars; holidays are always named in English.
    """

    country: str
    subdivision: str
    categories: tuple[str, ...]
    work_starts: time
    work_ends: time
    quiet: tuple[QuietPeriod, ...]
    language: str = "en"


def load_calendars() -> None:
    """Load all calendars of the package, which else loads them when it is first asked for one."""
    holidays_package.list_supported_countries()


def check_calendar(country: str, subdivision: str, categories: tuple[str, ...]) -> None:
    """Raise InvalidInput, naming what is allowed, unless the package has exactly this calendar."""
    known = holidays_package.list_supported_countries(include_aliases=False)
    if country not in known:
        raise InvalidInput(
            "No holidays calendar for country %(country)s. Write its two letters, like SE or GB.",
            field="country",
            country=country[:40] or "(none)",
        )
    entity = _entity(country)
    _check_subdivision(entity, country, subdivision)
    unknown = sorted(set(categories) - set(entity.supported_categories))
    if unknown:
        raise InvalidInput(
            "%(country)s has no holidays category %(category)s. It has: %(allowed)s.",
            field="categories",
            country=country,
            category=unknown[0][:40],
            allowed=", ".join(sorted(entity.supported_categories)),
        )


def holidays_of(calendar: CityCalendar, year: int) -> dict[date, str]:
    """The city's holidays of a year in date order, named in English, observed days included."""
    return dict(_table(calendar.country, calendar.subdivision, calendar.categories, year))


def holiday_on(calendar: CityCalendar, on: date) -> str | None:
    """The holiday's name, also when it falls on a weekend; None on any other day."""
    return _table(calendar.country, calendar.subdivision, calendar.categories, on.year).get(on)


def squeeze_days(calendar: CityCalendar, year: int) -> list[date]:
    """The year's single working days between two free ones, which many take off (klämdagar)."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return [on for on in days if on.year == year and is_squeeze_day(calendar, on)]


def is_squeeze_day(calendar: CityCalendar, on: date) -> bool:
    """Whether the day is worked while both the day before and the day after are free."""
    return (
        is_working_day(calendar, on)
        and not is_working_day(calendar, on - ONE_DAY)
        and not is_working_day(calendar, on + ONE_DAY)
    )


def half_day_on(calendar: CityCalendar, on: date) -> str | None:
    """Why people leave early on a working day ("Maundy Thursday (from 2pm)"), else None.

    A squeeze day is not a half day, though the package lists some of them in the same category.
    """
    name = _partly_free(calendar, on, PARTLY_FREE_CATEGORIES)
    if name is None or HALF_DAY_MARK in name or name == _partly_free(calendar, on, (HALF_DAY_CATEGORY,)):
        return name
    return None


def optional_day_on(calendar: CityCalendar, on: date) -> str | None:
    """The name of a day that some take off and others do not, which is no half day; else None."""
    name = _partly_free(calendar, on, PARTLY_FREE_CATEGORIES)
    return None if name is None or SQUEEZE_DAY in name or half_day_on(calendar, on) else name


def _partly_free(calendar: CityCalendar, on: date, categories: tuple[str, ...]) -> str | None:
    supported = _entity(calendar.country).supported_categories
    extra = tuple(c for c in categories if c in supported and c not in calendar.categories)
    name = _table(calendar.country, calendar.subdivision, extra, on.year).get(on) if extra else None
    if name is None or not is_working_day(calendar, on) or is_squeeze_day(calendar, on):
        return None
    return name


def is_weekend(calendar: CityCalendar, on: date) -> bool:
    """Whether the day is one of the weekly days of rest of the country, or of the subdivision."""
    return on.weekday() in weekend_of(calendar.country, calendar.subdivision)


@cache
def weekend_of(country: str, subdivision: str = "") -> tuple[int, ...]:
    """The weekly days of rest as weekday numbers, Monday 0."""
    entity = _entity(country)
    code = entity.subdivisions_aliases.get(subdivision, subdivision)
    return REST_BY_SUBDIVISION.get((country, code)) or tuple(sorted(entity.weekend))


def is_working_day(calendar: CityCalendar, on: date) -> bool:
    """Neither weekend nor holiday. A quiet period has working days."""
    return not is_weekend(calendar, on) and holiday_on(calendar, on) is None


def working_day_on_or_after(calendar: CityCalendar, on: date) -> date:
    """The day itself when it is worked, else the next one that is."""
    return _walk(lambda day: is_working_day(calendar, day), on, ONE_DAY)


def working_day_on_or_before(calendar: CityCalendar, on: date) -> date:
    """The day itself when it is worked, else the last one before that is."""
    return _walk(lambda day: is_working_day(calendar, day), on, -ONE_DAY)


def common_working_day_on_or_before(calendars: Collection[CityCalendar], on: date) -> date:
    """The day itself when every city works on it, else the last one before on which all do."""
    return _walk(lambda day: all(is_working_day(one, day) for one in calendars), on, -ONE_DAY)


def _walk(is_wanted: Callable[[date], bool], on: date, step: timedelta) -> date:
    for n in range(LONGEST_REST_DAYS):
        if is_wanted(on + n * step):
            return on + n * step
    raise InvalidInput("No working day within %(days)s days of %(on)s.", days=LONGEST_REST_DAYS, on=on)


def _check_subdivision(entity: holidays_package.HolidayBase, country: str, subdivision: str) -> None:
    allowed = set(entity.subdivisions) | set(entity.subdivisions_aliases)
    if not subdivision or subdivision in allowed:
        return
    if not allowed:
        raise InvalidInput(
            "%(country)s has no subdivisions: leave %(subdivision)s out.",
            field="subdivision",
            country=country,
            subdivision=subdivision[:40],
        )
    raise InvalidInput(
        "%(country)s has no subdivision %(subdivision)s. It has: %(allowed)s.",
        field="subdivision",
        country=country,
        subdivision=subdivision[:40],
        allowed=", ".join(sorted(allowed)),
    )


@cache
def _entity(country: str) -> holidays_package.HolidayBase:
    return holidays_package.country_holidays(country)


@cache
def _table(country: str, subdivision: str, categories: tuple[str, ...], year: int) -> Mapping[date, str]:
    check_calendar(country, subdivision, categories)
    found = holidays_package.country_holidays(
        country,
        subdiv=subdivision or None,
        years=year,
        categories=categories or None,
        language=_english(country),
    )
    return MappingProxyType(dict(sorted(found.items())))


def _english(country: str) -> str | None:
    supported = _entity(country).supported_languages
    return "en_US" if "en_US" in supported else None

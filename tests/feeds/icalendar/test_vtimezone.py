"""VTIMEZONE bytes against zoneinfo, read by three parsers that never see the zone's real name."""

import io
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from ical.calendar_stream import CalendarStream
from ical.timezone import IcsTimezoneInfo
from icalendar import Timezone

from exchange.feeds.icalendar.vtimezone import timezone_bytes
from exchange.settings import CONFIG

YEARS = range(2026, 2032)
CITIES = [
    "Europe/London",
    "Europe/Stockholm",
    "America/New_York",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Amsterdam",
    "America/Toronto",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Copenhagen",
    "Europe/Zurich",
    "America/Vancouver",
    "Australia/Melbourne",
    "Australia/Sydney",
    "Pacific/Auckland",
]
HARD_ONES = [
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Santiago",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Gaza",
    "Asia/Kolkata",
    "America/St_Johns",
]
ZONES = CITIES + HARD_ONES
# Written change by change. ical 14.3 passes over an onset without a rule in zones it does not know;
# these it knows by name.
WITHOUT_RULES = ["America/Vancouver", "Africa/Cairo", "Africa/Casablanca", "Asia/Kolkata"]
YEARLY = [zone for zone in CITIES if zone != "America/Vancouver"] + [
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/St_Johns",
]


@pytest.mark.parametrize(
    ("zone", "reader"),
    [(zone, reader) for zone in ZONES for reader in ("icalendar", "dateutil")]
    + [(zone, "ical") for zone in ZONES if zone not in WITHOUT_RULES],
)
def test_zone_is_right_around_every_change_and_at_any_moment(zone: str, reader: str) -> None:
    read = READERS[reader](zone, YEARS[0], YEARS[-1])
    wrong = [wall for wall in _walls(zone) if _offset(wall, read) != _offset(wall, ZoneInfo(zone))]
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["icalendar", "dateutil"])
@pytest.mark.parametrize("zone", [*HARD_ONES, "Europe/Dublin"])
def test_zone_is_right_at_every_hour_of_seven_years(zone: str, reader: str) -> None:
    years, here = range(2025, 2032), ZoneInfo(zone)
    read = READERS[reader](zone, years[0], years[-1])
    start = datetime(years[0], 1, 2, tzinfo=UTC)
    moments = (start + timedelta(hours=hour) for hour in range(24 * (365 * len(years) - 2)))
    walls = (moment.astimezone(here).replace(tzinfo=None, fold=0) for moment in moments)
    assert [wall for wall in walls if _offset(wall, read) != _offset(wall, here)] == []


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [2025, 2026, 2027, 2029])
def test_zone_of_a_single_year_is_right_in_it(zone: str, year: int) -> None:
    read = READERS["dateutil"](zone, year, year)
    walls = [wall for wall in _walls(zone, range(year, year + 1)) if wall.year == year]
    assert walls
    assert [_offset(w, read) for w in walls] == [_offset(w, ZoneInfo(zone)) for w in walls]


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [("Asia/Gaza", 2026, 2027), ("Asia/Gaza", 2028, 2030), ("Asia/Jerusalem", 2027, 2030)],
)
@pytest.mark.parametrize("reader", ["icalendar", "dateutil", "ical"])
def test_days_of_a_rule_lie_in_its_month(zone: str, first: int, last: int, reader: str) -> None:
    """The years covered may know only changes late in the month; readers refuse a 32nd of March."""
    rules = re.findall(rb"BYMONTHDAY=([0-9,]+)", timezone_bytes(zone, first, last))
    assert rules
    assert max(int(day) for days in rules for day in days.split(b",")) <= 31
    read = READERS[reader](zone, first, last)
    years = range(first, last + 1)
    walls = [wall for wall in _walls(zone, years) if wall.year in years]
    assert [_offset(wall, read) for wall in walls] == [_offset(wall, ZoneInfo(zone)) for wall in walls]


@pytest.mark.parametrize("zone", YEARLY)
def test_yearly_zone_has_one_rule_each_with_one_weekday(zone: str) -> None:
    """Outlook reads one STANDARD and one DAYLIGHT, yearly, with one BYDAY."""
    component = Timezone.from_ical(timezone_bytes(zone, 2026, 2028))
    assert sorted(part.name for part in component.subcomponents) == ["DAYLIGHT", "STANDARD"]
    for part in component.subcomponents:
        rule = part["rrule"]
        assert set(rule) == {"FREQ", "BYMONTH", "BYDAY"}
        assert (rule["FREQ"], len(rule["BYDAY"]), len(rule["BYMONTH"])) == (["YEARLY"], 1, 1)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/Vancouver", "Africa/Casablanca"])
def test_zone_without_changes_has_one_standard(zone: str) -> None:
    component = Timezone.from_ical(timezone_bytes(zone, 2027, 2030))
    assert [part.name for part in component.subcomponents] == ["STANDARD"]


def test_onset_in_spring_is_on_the_clock_that_ran_before() -> None:
    """RFC 5545 3.6.5: Stockholm's clocks go at 02:00 of +0100, not at 03:00."""
    lines = timezone_bytes("Europe/Stockholm", 2027, 2027).decode().split("\r\n")
    onset = lines.index("BEGIN:DAYLIGHT")
    assert lines[onset + 1 : onset + 5] == [
        "DTSTART:19700329T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    ]


def test_dublin_has_summer_time_in_summer() -> None:
    """Its zone data calls winter the exception; only the offset counts."""
    text = timezone_bytes("Europe/Dublin", 2027, 2027).decode()
    assert "BEGIN:DAYLIGHT\r\nDTSTART:19700329T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100" in text


def test_chile_is_written_as_the_first_sunday_from_the_second_on() -> None:
    """In April 2029 the first Sunday is the 1st and the clocks go back on the 8th."""
    text = timezone_bytes("America/Santiago", 2027, 2029).decode()
    assert "BYMONTH=4;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=SU" in text


def test_vancouver_stays_on_the_time_of_march_2026() -> None:
    text = timezone_bytes("America/Vancouver", 2026, 2027).decode()
    assert "DAYLIGHT" not in text
    assert "DTSTART:20260308T020000\r\nTZOFFSETFROM:-0800\r\nTZOFFSETTO:-0700" in text


def test_the_zones_of_the_network_are_all_tested() -> None:
    text = (CONFIG / "network.toml").read_text()
    zones = set(re.findall(r'^time_zone *= *"(.+?)"', text, re.MULTILINE))
    assert zones
    assert zones <= set(ZONES)


@cache
def _walls(zone: str, years: range = YEARS) -> list[datetime]:
    """Local times: minutes and hours to either side of each change, and two hundred moments between."""
    here = ZoneInfo(zone)
    start, end = datetime(years[0], 1, 1, tzinfo=UTC), datetime(years[-1], 12, 31, 23, tzinfo=UTC)
    dice = random.Random(zone)
    moments = [start + dice.random() * (end - start) for _ in range(200)]
    for change in _changes(here, start, end):
        moments += [change + timedelta(minutes=m) for m in (-121, -61, -31, -1, 0, 1, 31, 61, 121)]
    walls = [moment.astimezone(here).replace(tzinfo=None, fold=0, microsecond=0) for moment in moments]
    return [wall for wall in walls if wall.year in years]


def _changes(here: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The instants of change, which all lie on half hours."""

    def differs(at: datetime, after: timedelta) -> bool:
        return at.astimezone(here).utcoffset() != (at + after).astimezone(here).utcoffset()

    day, half_hour = timedelta(days=1), timedelta(minutes=30)
    days = [start + day * number for number in range((end - start) // day)]
    halves = [at + half_hour * number for at in days if differs(at, day) for number in range(48)]
    return [at + half_hour for at in halves if differs(at, half_hour)]


def _offset(wall: datetime, zone: tzinfo) -> timedelta | None:
    """The offset of a wall time, of its first pass where it comes twice."""
    return wall.replace(tzinfo=zone).utcoffset()


def _renamed(zone: str, first_year: int, last_year: int) -> bytes:
    """Under a name no reader knows, so that it must read the component."""
    return timezone_bytes(zone, first_year, last_year).replace(f"TZID:{zone}".encode(), b"TZID:Our Zone")


def _by_dateutil(zone: str, first_year: int, last_year: int) -> tzinfo:
    found = tzical(io.StringIO(_renamed(zone, first_year, last_year).decode())).get()
    assert found is not None
    return found


def _by_icalendar(zone: str, first_year: int, last_year: int) -> tzinfo:
    component = Timezone.from_ical(_renamed(zone, first_year, last_year))
    return component.to_tz(lookup_tzid=False)


def _by_ical(zone: str, first_year: int, last_year: int) -> tzinfo:
    parts = [b"BEGIN:VCALENDAR\r\nPRODID:-//x//y//EN\r\nVERSION:2.0\r\n"]
    parts += [_renamed(zone, first_year, last_year), b"END:VCALENDAR\r\n"]
    calendar = CalendarStream.from_ics(b"".join(parts).decode()).calendars[0]
    return IcsTimezoneInfo.from_timezone(calendar.timezones[0])


READERS: dict[str, Callable[[str, int, int], tzinfo]] = {
    "dateutil": _by_dateutil,
    "icalendar": _by_icalendar,
    "ical": _by_ical,
}

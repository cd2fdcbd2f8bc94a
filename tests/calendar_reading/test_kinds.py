"""Kinds of calendars, each with siblings of the cases: recurrence, zones, lengths, free or busy, damage."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.busy.fetching.expansion import Span, expand
from exchange.calendar_reading.reading import read_file
from exchange.transfer.ics_file import read_calendar
from tests.busy.calendars import calendar, event

FROM, TO = datetime(2026, 11, 17, tzinfo=UTC), datetime(2028, 2, 17, tzinfo=UTC)
CITIES = [
    "Europe/Stockholm",
    "America/New_York",
    "Pacific/Auckland",
    "Europe/London",
    "America/St_Johns",
    "UTC",
]
HALVES = (
    "BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:{summer}\r\nTZOFFSETTO:{winter}\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n"
    "DTSTART:16010101T020000\r\nTZOFFSETFROM:{winter}\r\nTZOFFSETTO:{summer}\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
)


def clock(name: str, winter: str = "+0100", summer: str = "+0200") -> str:
    return f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{HALVES.format(winter=winter, summer=summer)}END:VTIMEZONE\r\n"


def busy(
    *components: str, city: str = "Europe/Stockholm", left_out: int = 0, **more: tuple[str, ...]
) -> list[str]:
    found = expand(calendar(*components), Span(FROM, TO, city, **more))
    assert found.left_out == left_out
    return [f"{one.starts_at:%m-%d %H:%M}/{one.ends_at:%d %H:%M}" for one in found.intervals]


def days(*, last: str, city: str) -> list[str]:
    """The days of a daily all-day series from 8 February 2027 that ends so."""
    series = event("20270208", "20270209", zone=";VALUE=DATE", more=f"RRULE:FREQ=DAILY;UNTIL={last}")
    found = expand(calendar(series), Span(FROM, TO, city))
    (one,) = found.intervals
    zone = ZoneInfo(city)
    return [
        str(one.starts_at.astimezone(zone).date()),
        str((one.ends_at - timedelta(hours=1)).astimezone(zone).date()),
    ]


@given(
    st.sampled_from(CITIES),
    st.integers(0, 40),
    st.sampled_from(["date", "midnight", "second", "floating", "utc"]),
)
@settings(deadline=None)
def test_an_all_day_series_ends_on_the_day_that_is_meant_in_whatever_type(
    city: str, more: int, kind: str
) -> None:
    last = datetime(2027, 2, 8) + timedelta(days=more)  # a date
    local = last.replace(tzinfo=ZoneInfo(city))
    text = {
        "date": f"{last:%Y%m%d}",
        "midnight": f"{local.astimezone(UTC):%Y%m%dT%H%M%SZ}",  # Exchange and Outlook
        "second": f"{(local + timedelta(hours=23, minutes=59, seconds=59)).astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "floating": f"{last:%Y%m%dT%H%M%S}",
        "utc": f"{last:%Y%m%dT000000Z}",
    }[kind]
    assert days(last=text, city=city) == ["2027-02-08", str(last.date())]


@given(
    st.sampled_from(["Europe/Stockholm", "America/New_York", "Asia/Tokyo", "", "UTC"]),
    st.integers(0, 9),
    st.sampled_from(["date", "zone", "utc"]),
    st.sampled_from(CITIES),
)
@settings(deadline=None)
def test_a_timed_series_ends_with_the_time_that_is_meant_in_whatever_type(
    zone: str, more: int, kind: str, city: str
) -> None:
    wall = datetime(2027, 3, 22, 9) + timedelta(days=more)  # over the change of clocks
    own = ZoneInfo(zone or city)
    text = {
        "date": f"{wall:%Y%m%d}",
        "zone": f"{wall:%Y%m%dT%H%M%S}",
        "utc": f"{wall.replace(tzinfo=own).astimezone(UTC):%Y%m%dT%H%M%SZ}",
    }[kind]
    parameter = f";TZID={zone}" if zone else ""
    series = event(
        "20270322T090000", "20270322T100000", zone=parameter, more=f"RRULE:FREQ=DAILY;UNTIL={text}"
    )
    found = expand(calendar(series), Span(FROM, TO, city))
    assert len(found.intervals) == more + 1
    assert {one.starts_at.astimezone(own).hour for one in found.intervals} == {9}


SERIES = "RRULE:FREQ=DAILY;COUNT=3"
ALL = ["01-11 08:00/11 09:00", "01-12 08:00/12 09:00", "01-13 08:00/13 09:00"]


@pytest.mark.parametrize(
    "gone",
    [
        "EXDATE:20270112T080000Z",
        "EXDATE;VALUE=DATE:20270112",
        "EXDATE;TZID=America/New_York:20270112T030000",
        "EXDATE:20270112T090000",
        "EXDATE;TZID=Europe/Athens:20270112T080000Z",
        "EXDATE;TZID=W. Europe Standard Time:20270112T090000,20270118T090000",
    ],
)
def test_a_date_is_taken_out_of_a_series_in_whatever_type_and_zone(gone: str) -> None:
    assert busy(event(more=f"{SERIES}\r\n{gone}")) == [ALL[0], ALL[2]]


@pytest.mark.parametrize(
    "which",
    [
        ":20270112T080000Z",
        ";VALUE=DATE:20270112",
        ";TZID=America/New_York:20270112T030000",
        ":20270112T090000",
    ],
)
def test_one_of_a_series_is_moved_in_whatever_type_and_zone(which: str) -> None:
    moved = event("20270120T150000", "20270120T160000", more=f"RECURRENCE-ID{which}")
    assert busy(event(more=SERIES), moved) == [ALL[0], ALL[2], "01-20 14:00/20 15:00"]
    free = event("20270112T090000", "20270112T100000", more=f"TRANSP:TRANSPARENT\r\nRECURRENCE-ID{which}")
    assert busy(event(more=SERIES), free) == [ALL[0], ALL[2]]


def test_all_from_one_on_are_moved() -> None:
    later = event(
        "20270112T150000", "20270112T170000", more="RECURRENCE-ID;RANGE=THISANDFUTURE:20270112T080000Z"
    )
    assert busy(event(more=SERIES), later) == [ALL[0], "01-12 14:00/12 16:00", "01-13 14:00/13 16:00"]


def test_dates_that_cannot_be_read_are_counted_and_the_series_stays() -> None:
    assert busy(event(more=f"{SERIES}\r\nEXDATE:soon,20270112T080000Z,"), left_out=1) == [ALL[0], ALL[2]]
    assert busy(event(more="RDATE:soon,20270112T080000Z"), left_out=1) == ALL[:2]


def test_periods_are_added_to_a_series_with_their_own_length() -> None:
    added = "RDATE;VALUE=PERIOD:20270112T100000Z/PT2H,20270113T100000Z/20270113T103000Z"
    assert busy(event(more=added)) == [ALL[0], "01-12 10:00/12 12:00", "01-13 10:00/13 10:30"]


@pytest.mark.parametrize(
    ("starts", "lasts", "expected"),
    [
        (";TZID=Europe/Stockholm:20270327T120000", "P1D", "03-27 11:00/28 10:00"),
        (";TZID=Europe/Stockholm:20270327T120000", "PT24H", "03-27 11:00/28 11:00"),
        (";TZID=Europe/Stockholm:20271030T120000", "P1DT2H", "10-30 10:00/31 13:00"),
        (";TZID=Europe/Stockholm:20270327T120000", "P1W", "03-27 11:00/03 10:00"),
        (";VALUE=DATE:20270327", "P2D", "03-26 23:00/28 22:00"),
        (";VALUE=DATE:20270328", "P1D", "03-27 23:00/28 22:00"),
        (":20270327T110000Z", "+P1DT30M", "03-27 11:00/28 11:30"),
    ],
)
def test_a_duration_is_days_on_the_calendar_and_then_exact_time(
    starts: str, lasts: str, expected: str
) -> None:
    text = event().replace("DTSTART;TZID=Europe/Stockholm:20270111T090000", f"DTSTART{starts}")
    text = text.replace("DTEND;TZID=Europe/Stockholm:20270111T100000", f"DURATION:{lasts}")
    assert busy(text) == [expected]


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("W. Europe Standard Time", ""),
        ("W. Europe Standard Time 1", ""),
        ("W. Europe Standard Time(2)", ""),
        ("tzone://Microsoft/W. Europe Standard Time", ""),
        ("tzone://Microsoft/Custom", clock("tzone://Microsoft/Custom")),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", ""),
        ("europe/stockholm", ""),
        ("/citadel.org/20210210_1/Europe/Stockholm", ""),
        ("Customized Time Zone 1", clock("Customized Time Zone 1")),
        ("1", clock("1")),
        ("GMT+0100", ""),
    ],
)
def test_a_zone_is_known_by_many_names(name: str, described: str) -> None:
    for quoted in (name, f'"{name}"'):
        assert busy(described, event(zone=f";TZID={quoted}")) == ["01-11 08:00/11 09:00"]
    (row,) = read_calendar(calendar(described, event(zone=f";TZID={name}")))
    assert "fault" not in row.cells


def test_windows_shows_american_zones_without_cities() -> None:
    for name, expected in (("Eastern", "14:00"), ("Pacific", "17:00")):
        shown = f'"(UTC-0{5 if name == "Eastern" else 8}:00) {name} Time (US & Canada)"'
        assert busy(event(zone=f";TZID={shown}")) == [
            f"01-11 {expected}/11 {expected[:1]}{int(expected[1]) + 1}:00"
        ]


def test_a_description_that_disagrees_counts_for_names_that_are_not_everybody_s() -> None:
    own = clock("W. Europe Standard Time", "+0300", "+0400")
    assert busy(own, event(zone=";TZID=W. Europe Standard Time")) == ["01-11 06:00/11 07:00"]
    summer = event("20270711T090000", "20270711T100000", zone=";TZID=W. Europe Standard Time")
    assert busy(own, summer) == ["07-11 05:00/11 06:00"]


FREE = {
    "transparent": "TRANSP:TRANSPARENT",
    "works elsewhere": "TRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
    "called off": "STATUS: cancelled ",
    "declined": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@example.org\r\n"
    'ATTENDEE;CN="A: b";PARTSTAT=DECLINED:MAILTO:Anna@example.org',
    "the only answer": "ORGANIZER:mailto:x@example.org\r\nATTENDEE;PARTSTAT=DECLINED:mailto:a@example.org",
}


@pytest.mark.parametrize("more", FREE.values(), ids=FREE)
def test_what_people_mean_to_be_free_is_free(more: str) -> None:
    assert busy(event(more=more), owners=("anna@example.org",)) == []


def test_what_others_declined_is_busy_and_a_calendar_may_name_its_owner() -> None:
    declined = event(more=FREE["declined"])
    assert busy(declined, owners=("x@example.org",)) == busy(declined) == ALL[:1]
    assert busy("X-WR-CALNAME:anna@example.org\r\n", declined) == []


@pytest.mark.parametrize(
    "more",
    [
        "STATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@example.org",
    ],
)
def test_what_is_not_sure_is_tentative_beside_what_is(more: str) -> None:
    unsure = event("20270111T090000", "20270111T120000", more=more, uid="two")
    found = expand(calendar(event(), unsure), Span(FROM, TO, "Europe/Stockholm")).intervals
    assert [(f"{one.starts_at:%H:%M}", f"{one.ends_at:%H:%M}", one.is_tentative) for one in found] == [
        ("08:00", "09:00", False),
        ("09:00", "11:00", True),
    ]


def test_of_versions_the_later_counts_in_both_readers() -> None:
    old = event(more="SEQUENCE:2")
    new = event("20270120T090000", "20270120T100000", more="SEQUENCE:2").replace("20260101T", "20260301T")
    for file in ((old, new), (new, old)):
        assert busy(*file) == ["01-20 08:00/20 09:00"]
        rows = read_calendar(calendar(*file))
        assert sorted(row.cells.get("fault", row.cells.get("date", "")) for row in rows) == [
            "2027-01-20",
            "A later version of it stands in the same file.",
        ]
    assert busy(event(more="SEQUENCE:3"), new) == ["01-11 08:00/11 09:00"]


def file_of(count: int) -> list[bytes]:
    """The lines of a calendar with one event a day."""
    events = [
        event(
            f"202702{day:02}T090000",
            f"202702{day:02}T100000",
            uid=f"u{day}",
            more="BEGIN:VALARM\r\nEND:VALARM",
        )
        for day in range(1, count + 1)
    ]
    return calendar(*events).split(b"\r\n")[:-1]


@given(st.data(), st.sampled_from(["lost", "twice", "garbled", "cut", "blank", "indented"]))
@settings(deadline=None, max_examples=100)
def test_a_damaged_line_loses_no_event_uncounted(data: st.DataObject, how: str) -> None:
    lines = file_of(4)
    at = data.draw(st.integers(3, len(lines) - 2))
    line = lines[at]
    damaged = {
        "lost": [],
        "twice": [line, line],
        "garbled": [b"\xff" + line[1:]],
        "cut": [line[: len(line) // 2]],
        "blank": [line + b" \t"],
        "indented": [b" " + line],
    }[how]
    content = b"\r\n".join([*lines[:at], *damaged, *lines[at + 1 :], b""])
    found = expand(content, Span(FROM, TO, "Europe/Stockholm"))
    readable = len(read_file(content).versions.current)
    assert readable + found.left_out == 4
    rows = read_calendar(content)
    assert (len(rows), sum("fault" in row.cells for row in rows)) == (4, found.left_out)


@given(st.lists(st.integers(1, 900), max_size=40), st.sampled_from([b"\r\n ", b"\n\t"]))
@settings(deadline=None)
def test_a_file_is_the_same_wherever_its_octets_are_folded(at: list[int], fold: bytes) -> None:
    titled = event(more="LOCATION:Malmö 🚨 kvällen", zone=";TZID=W. Europe Standard Time")
    content = calendar(clock("W. Europe Standard Time"), titled, event(uid="two", more=SERIES))
    folded = content
    for place in sorted(set(at), reverse=True):
        inside_line = content[place - 2 : place] != b"\r\n" and content[place - 1 : place] != b"\r"
        if place < len(content) and inside_line:
            folded = folded[:place] + fold + folded[place:]
    plain, other = (expand(one, Span(FROM, TO, "Europe/Stockholm")) for one in (content, folded))
    assert plain.intervals == other.intervals
    assert plain.left_out == other.left_out == 0
    places = [[row.cells["place"] for row in read_calendar(one)] for one in (content, folded)]
    assert places[0] == places[1] == ["Malmö 🚨 kvällen", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
def test_both_readers_read_the_encodings_that_exist(encoding: str) -> None:
    content = calendar(event(more="LOCATION:Malmö")).decode().encode(encoding)
    assert len(expand(content, Span(FROM, TO, "Europe/Stockholm")).intervals) == 1
    assert [row.cells["place"] for row in read_calendar(content)] == ["Malmö"]


def test_what_is_left_out_is_told_by_reason_and_line() -> None:
    found = expand(
        calendar(
            event(),
            event(uid="b", zone=";TZID=No/Such"),
            event(uid="c", zone=";TZID=No/Such"),
            event("20270112T100000", "20270112T090000", uid="d"),
        ),
        Span(FROM, TO, "Europe/Stockholm"),
    )
    assert [(one.template, one.count, one.lines) for one in found.reasons] == [
        ("Its time zone is not known here.", 2, (11, 18)),
        ("It ends before it begins.", 1, (25,)),
    ]

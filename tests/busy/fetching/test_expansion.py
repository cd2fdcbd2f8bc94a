"""What becomes of strange calendars: right intervals of what is right, and a count of what is not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.busy.fetching import expansion as expanding
from exchange.busy.fetching.expansion import Span, TooMany, expand
from exchange.calendar_reading.components import BrokenOff, NoCalendar
from tests.busy.calendars import BROKEN_ZONE, GOOD, OWN_ZONE, calendar, event

SPAN = Span(datetime(2026, 11, 17, tzinfo=UTC), datetime(2028, 2, 17, tzinfo=UTC), "Europe/Stockholm")


def texts(content: bytes, span: Span = SPAN) -> list[str]:
    """The intervals as short text: "2027-01-11 08:00/09:00"."""
    found = expand(content, span)
    assert found.left_out == 0
    return [f"{one.starts_at:%Y-%m-%d %H:%M}/{one.ends_at:%d %H:%M}" for one in found.intervals]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(GOOD, ["2027-01-11 08:00/11 09:00"], id="in a zone"),
        pytest.param(calendar(event(zone="")), ["2027-01-11 08:00/11 09:00"], id="floating"),
        pytest.param(
            calendar(event("20270111", "20270113", zone=";VALUE=DATE")),
            ["2027-01-10 23:00/12 23:00"],
            id="days",
        ),
        pytest.param(
            calendar(event(zone=";TZID=W. Europe Standard Time")),
            ["2027-01-11 08:00/11 09:00"],
            id="Outlook's name of a zone",
        ),
        pytest.param(
            calendar(OWN_ZONE, event(zone=";TZID=Own/Zone")),
            ["2027-01-11 06:00/11 07:00"],
            id="a zone the calendar describes",
        ),
        pytest.param(
            calendar(event(), event("20270111T093000", "20270111T110000", uid="two")),
            ["2027-01-11 08:00/11 10:00"],
            id="merged",
        ),
        pytest.param(
            calendar(
                event(more="RRULE:FREQ=DAILY;COUNT=3"),
                event(
                    "20270112T150000",
                    "20270112T160000",
                    more="RECURRENCE-ID;TZID=Europe/Stockholm:20270112T090000",
                ),
            ),
            ["2027-01-11 08:00/11 09:00", "2027-01-12 14:00/12 15:00", "2027-01-13 08:00/13 09:00"],
            id="one of a series moved",
        ),
        pytest.param(
            calendar(
                event(more="RRULE:FREQ=DAILY;COUNT=2"),
                event(
                    "20270112T090000",
                    "20270112T100000",
                    more="STATUS:CANCELLED\r\nRECURRENCE-ID;TZID=Europe/Stockholm:20270112T090000",
                ),
            ),
            ["2027-01-11 08:00/11 09:00"],
            id="one of a series cancelled",
        ),
        pytest.param(
            calendar(event("20261001T000000", "20281001T000000")),
            ["2026-11-17 00:00/17 00:00"],
            id="longer than the span",
        ),
        pytest.param(
            calendar(
                "BEGIN:VFREEBUSY\r\nUID:f\r\nDTSTAMP:20260101T000000Z\r\n"
                "FREEBUSY;FBTYPE=BUSY:20270111T080000Z/20270111T090000Z,20270112T080000Z/PT2H\r\n"
                "FREEBUSY;FBTYPE=FREE:20270113T080000Z/PT2H\r\nEND:VFREEBUSY\r\n"
            ),
            ["2027-01-11 08:00/11 09:00", "2027-01-12 08:00/12 10:00"],
            id="free and busy",
        ),
        pytest.param(calendar(event(more="TRANSP:TRANSPARENT")), [], id="transparent"),
        pytest.param(calendar(event(more="STATUS:CANCELLED")), [], id="cancelled"),
        pytest.param(calendar(event(more="X-MICROSOFT-CDO-BUSYSTATUS:FREE")), [], id="free in Outlook"),
        pytest.param(calendar(), [], id="empty"),
    ],
)
def test_what_takes_time_becomes_intervals(content: bytes, expected: list[str]) -> None:
    assert texts(content) == expected


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("20270327T090000", "2027-03-27 08:00/27 09:00"),  # the day before the clocks go forward
        ("20270328T090000", "2027-03-28 07:00/28 08:00"),
        ("20271030T090000", "2027-10-30 07:00/30 08:00"),
        ("20271031T090000", "2027-10-31 08:00/31 09:00"),
    ],
)
def test_floating_times_follow_the_clock_of_the_city(starts: str, expected: str) -> None:
    assert texts(calendar(event(starts, starts.replace("T09", "T10"), zone=""))) == [expected]


AUTUMN = [  # around the change on 31 October 2027; Stockholm shows 02:00 to 03:00 twice
    pytest.param(
        event("20271031T003000Z", "20271031T013000Z", zone=""),
        ["31 00:30/31 01:30"],
        id="first pass to second",
    ),
    pytest.param(event("20271031T013000Z", "20271031T023000Z", zone=""), ["31 01:30/31 02:30"], id="second"),
    pytest.param(
        event("20271024T013000Z", "20271024T023000Z", zone="", more="RRULE:FREQ=WEEKLY;COUNT=2"),
        ["24 01:30/24 02:30", "31 01:30/31 02:30"],
        id="a series in UTC",
    ),
    pytest.param(event("20271031T090000", "20271031T100000", zone=""), ["31 08:00/31 09:00"], id="floating"),
    pytest.param(
        event("20271031T013000").replace("DTEND;TZID=Europe/Stockholm:20270111T100000", "DURATION:PT2H"),
        ["30 23:30/31 01:30"],
        id="hours over the night",
    ),
    pytest.param(
        event("20271030T120000").replace("DTEND;TZID=Europe/Stockholm:20270111T100000", "DURATION:P1D"),
        ["30 10:00/31 11:00"],
        id="a day over the night",
    ),
]


@pytest.mark.parametrize(("content", "expected"), AUTUMN)
@pytest.mark.parametrize("zone", ["Europe/Stockholm", "W. Europe Standard Time"])
def test_a_calendar_that_names_a_zone_keeps_its_hours_in_autumn(
    content: str, expected: list[str], zone: str
) -> None:
    """Times in UTC, as large services export them, are moments, whatever zone the calendar shows them in."""
    found = expand(calendar(f"X-WR-TIMEZONE:{zone}\r\n", content), replace(SPAN, time_zone="Asia/Tokyo"))
    assert [f"{one.starts_at:%d %H:%M}/{one.ends_at:%d %H:%M}" for one in found.intervals] == expected


def test_each_calendar_of_a_collection_keeps_its_own_clock_under_a_name_that_many_use() -> None:
    """The first calendar's clock was taken for all that called theirs so."""
    own = OWN_ZONE.replace("Own/Zone", "Clock set by hand")
    west = own.replace("+0300", "-0500")
    named = ';TZID="Clock set by hand"'
    content = b"".join(
        [
            calendar(own, event(zone=named, uid="a")),
            calendar(event(zone=named.replace('"', ""), uid="b", more="X-NOTE:;TZID=other"), west),
            calendar(own, event("20270112T090000", "20270112T100000", zone=named, uid="c")),
            calendar(west, event("20270112T090000", "20270112T100000", zone=named, uid="d")),
        ]
    )
    found = expand(content, SPAN)
    assert [f"{one.starts_at:%d %H:%M}" for one in found.intervals] == [
        "11 06:00",
        "11 14:00",
        "12 06:00",
        "12 14:00",
    ]
    assert found.left_out == 0


def test_a_zone_that_nobody_knows_spoils_floating_times_alone() -> None:
    named = "X-WR-TIMEZONE:Nonsense\r\n"
    found = expand(calendar(named, event(), event(uid="floating", zone="")), SPAN)
    assert (len(found.intervals), found.left_out) == (1, 1)


def test_a_weekly_series_without_end_is_read_to_the_end_of_the_span_at_the_same_wall_time() -> None:
    found = expand(calendar(event(more="RRULE:FREQ=WEEKLY")), SPAN).intervals
    assert len(found) == 58
    assert {one.starts_at.hour for one in found} == {7, 8}  # 09:00 in Stockholm, summer and winter


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(event(uid="bad", more="RRULE:FREQ=SECONDLY"), id="by second"),
        pytest.param(event(uid="bad", more="RRULE:FREQ=MINUTELY;COUNT=1000000"), id="a million minutes"),
        pytest.param(
            event(uid="bad", more=f"RRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))}"), id="by hours"
        ),
        pytest.param(event(uid="bad", more="RRULE:FREQ=SOMETIMES"), id="a rule that is none"),
        pytest.param(event(uid="bad", zone=";TZID=No/Such"), id="an unknown zone"),
        pytest.param(BROKEN_ZONE + event(uid="bad", zone=";TZID=Broken/Zone"), id="a broken VTIMEZONE"),
        pytest.param(event("nonsense", "nonsense", uid="bad"), id="no time"),
        pytest.param("BEGIN:VEVENT\r\nUID:bad\r\nSUMMARY:x\r\nEND:VEVENT\r\n", id="no start"),
    ],
)
def test_an_entry_without_sense_is_left_out_and_its_neighbours_stay(bad: str) -> None:
    found = expand(calendar(event(), bad), SPAN)
    assert (len(found.intervals), found.left_out) == (1, 1)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=0"],
    ids=["a rule that never comes true", "an interval of nothing"],
)
def test_a_rule_that_takes_too_long_is_left_out(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "SERIES_SECONDS", 0.2)
    found = expand(calendar(event(), event(uid="bad", more=f"RRULE:{rule}")), SPAN)
    assert (len(found.intervals), found.left_out) == (1, 1)


def test_a_million_times_counts_as_far_as_the_span() -> None:
    found = expand(calendar(event(more="RRULE:FREQ=DAILY;COUNT=1000000")), SPAN)
    assert (len(found.intervals), found.left_out) == (402, 0)


def test_more_busy_times_than_can_be_kept_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "INTERVALS_MAX", 100)
    with pytest.raises(TooMany):
        expand(calendar(event(more="RRULE:FREQ=DAILY")), SPAN)


@pytest.mark.parametrize(
    ("content", "is_page"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", True),
        (b"  <html>", True),
        (b"nothing", False),
        (b"", False),
    ],
)
def test_what_is_no_calendar_is_told_from_a_web_page(content: bytes, is_page: bool) -> None:
    with pytest.raises(NoCalendar) as refusal:
        expand(content, SPAN)
    assert refusal.value.is_page is is_page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
def test_a_calendar_is_read_in_the_encodings_that_exist(encoding: str) -> None:
    content = calendar(event(more="LOCATION:Malmö")).decode().encode(encoding)
    assert texts(content) == ["2027-01-11 08:00/11 09:00"]


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_a_mark_within_a_title_begins_and_ends_no_entry(mark: str) -> None:
    long = event("20270111T090000", "20270111T120000", more=f"SUMMARY:x{mark}END:VEVENT{mark}BEGIN:VEVENT")
    assert texts(calendar(long)) == ["2027-01-11 08:00/11 11:00"]


@given(st.binary(max_size=400))
@example(b"\t")  # an empty line, folded: it takes nothing from the line before
@settings(max_examples=60, deadline=None)
def test_no_bytes_within_a_calendar_do_more_than_be_left_out(noise: bytes) -> None:
    content = b"BEGIN:VCALENDAR\r\n" + event().encode() + noise + b"\r\nEND:VCALENDAR\r\n"
    found = expand(content, SPAN)
    begun = noise.upper().count(b"BEGIN:")
    if found.intervals:
        assert found.left_out <= begun
    else:  # the noise is folded onto the event's last line, which then ends nothing
        assert 1 <= found.left_out <= begun + 1


@pytest.mark.parametrize("cut", [20, 120, 200, len(GOOD) - 4])
def test_a_calendar_that_breaks_off_does_not_count(cut: int) -> None:
    """A transfer that ends early, without an error, would make busy people look free."""
    with pytest.raises(BrokenOff):
        expand(GOOD[:cut], SPAN)

"""The bytes of a calendar: any text comes back, lines keep to RFC 5545, every hour is right around DST."""

import re
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import CalendarStream
from icalendar import Calendar

from exchange.feeds.content.entries import EntryKind
from exchange.feeds.icalendar.properties import clean
from exchange.feeds.icalendar.vevent import CalendarProperties, Publisher, calendar_bytes
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime
from tests.feeds.made import made_entry

PROPERTIES = CalendarProperties(
    name="CTPN Stockholm",
    description="Exchanges and events.",
    page_url="https://exchange.example.org/feeds",
    time_zone="Europe/Stockholm",
    publisher=Publisher("https://exchange.example.org", "Exchange", "exchange@example.org"),
)
NASTY = [
    "; , \\ : \" ' ^n ^^ %s {}",
    "two\r\nlines\rand\nmore",
    "null\0byte and bell\a and escape\x1b[31m",
    "emoji 🚨👩🏽‍🚒 and zero width joiner",
    "right to left \u200f مرحبا \u202eabc\u202c",
    "\\n is not a line end; \\\\n neither; \\N; \\; \\, \\",
    "END:VEVENT\r\nBEGIN:VALARM\r\n",
    " leading and trailing ",
    "å" * 5_000,
    "🚨" * 1_250,
    "a;b,c\\" * 833,
]


@pytest.mark.parametrize("text", NASTY)
def test_text_comes_back_as_it_was_written(text: str) -> None:
    _assert_comes_back(text)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(";,\\:\"'nN\r\n\0 ^=-")), max_size=300))
def test_any_text_comes_back(text: str) -> None:
    _assert_comes_back(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_name_comes_back(name: str) -> None:
    publisher = Publisher("https://x.example.org", name, "a@example.org")
    properties = CalendarProperties(name, name, PROPERTIES.page_url, PROPERTIES.time_zone, publisher)
    calendar = Calendar.from_ical(calendar_bytes(properties, [made_entry(title="x")]))
    seen = [_unescaped(str(calendar[key])) for key in ("name", "x-wr-calname", "x-wr-caldesc")]
    assert [*seen, str(calendar["description"])] == [clean(name)] * 4
    assert len(calendar.events) == 1


def test_nothing_that_a_reader_could_take_for_a_line_end_is_left() -> None:
    assert clean("a\r\nb\rc\vd\fe\x1cf\x85g\u2028h\u2029i") == "a\nb\nc\nd\ne\nf\ng\nh\ni"
    assert clean("a\0b\x07c\x1bd\x7fe\x9ff\ud800g\ufeffh\ti") == "abcdefgh\ti"


def test_event_that_ends_in_the_second_pass_of_autumns_hour_is_in_utc() -> None:
    """A local end there means its first pass: the event would end before it began.

    With the start local and the end in UTC, recurring-ical-events made it an hour longer.
    """
    starts = WallTime(date(2027, 10, 31), time(1, 30), "Europe/London")
    text = calendar_bytes(PROPERTIES, [made_entry(starts=starts, minutes=45)]).decode()
    assert "DTSTART:20271031T003000Z\r\nDTEND:20271031T011500Z\r\n" in text
    assert "VTIMEZONE" not in text


def test_empty_calendar_holds_a_component_and_can_be_read() -> None:
    content = calendar_bytes(PROPERTIES, [])
    assert [part.name for part in Calendar.from_ical(content).subcomponents] == ["VTIMEZONE"]
    assert CalendarStream.from_ics(content.decode()).calendars[0].events == []


def test_same_entries_in_any_order_give_the_same_bytes() -> None:
    entries = [
        made_entry(uid=f"{n}@exchange", starts=WallTime(date(2027, 3, n + 1), time(9), "UTC"))
        for n in range(9)
    ]
    assert calendar_bytes(PROPERTIES, entries) == calendar_bytes(PROPERTIES, reversed(entries))


def test_stage_ends_on_the_day_after_its_last_and_takes_nobodys_time() -> None:
    stage = made_entry(kind=EntryKind.STAGE, starts=None, first_on=date(2027, 3, 1), last_on=date(2027, 3, 1))
    text = calendar_bytes(PROPERTIES, [stage]).decode()
    assert "DTSTART;VALUE=DATE:20270301\r\n" in text
    assert "DTEND;VALUE=DATE:20270302\r\n" in text
    assert "TRANSP:TRANSPARENT\r\n" in text
    assert "VTIMEZONE" not in text


@pytest.mark.parametrize("marking", list(Marking))
def test_class_and_label_follow_the_marking(marking: Marking) -> None:
    text = calendar_bytes(PROPERTIES, [made_entry(title="Title", marking=marking)]).decode()
    is_clear = marking is Marking.CLEAR
    assert f"CLASS:{'PUBLIC' if is_clear else 'CONFIDENTIAL'}\r\n" in text
    assert f"SUMMARY:Title{'' if is_clear else f' [{marking}]'}\r\n" in text


def test_time_zone_covers_an_event_that_ends_next_year() -> None:
    starts = WallTime(date(2025, 12, 31), time(23), "America/Vancouver")
    text = calendar_bytes(PROPERTIES, [made_entry(starts=starts, minutes=180)]).decode()
    assert "DTSTART:20260308T020000" in text


def _assert_comes_back(text: str) -> None:
    entry = made_entry(title=text, description=text, place=text)
    content = calendar_bytes(PROPERTIES, [entry])
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    for line in lines:
        line.decode()
    (event,) = Calendar.from_ical(content).events
    assert str(event["summary"]) == clean(text)
    assert str(event.get("description", "")) == clean(text)
    assert str(event.get("location", "")) == clean(text)
    (other,) = CalendarStream.from_ics(content.decode()).calendars[0].events
    assert (other.description or "") == clean(text)


def _unescaped(text: str) -> str:
    """The library leaves properties it does not know as they were written."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)

"""Files that are made to hurt: each ends soon, and what cannot be read is left out with its reason."""

import pytest

from exchange.calendar_reading.busyness import Weight, weight_of
from exchange.calendar_reading.components import NoCalendar
from exchange.calendar_reading.reading import read_file
from exchange.transfer.ics_file import read_calendar

ZONE = """BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0200
TZOFFSETTO:+0100\r\n{rules}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"""
NEVER = "BYMONTH=2;BYMONTHDAY=30"


def calendar(*entries: str) -> bytes:
    inner = "".join(entries)
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{inner}END:VCALENDAR\r\n"
    return "\r\n".join(text.splitlines()).encode() + b"\r\n"


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "UID:1", "SUMMARY:x", *lines, "END:VEVENT", ""])


@pytest.mark.parametrize(
    "rules",
    [
        f"RRULE:FREQ=YEARLY;INTERVAL=0;{NEVER}",
        f"RRULE:FREQ=YEARLY;FREQ=SECONDLY;{NEVER}",
        f"RRULE:FREQ=YEARLY;COUNT=5;{NEVER}",
        f"RRULE:FREQ=YEARLY;{NEVER}",
        f"RRULE:FREQ=YEARLY;INTERVAL=-1;{NEVER}",
        "\r\n".join([f"RRULE:FREQ=YEARLY;{NEVER}"] * 500),
    ],
)
def test_a_zone_whose_days_never_come_is_given_up(rules: str) -> None:
    found = read_file(calendar(ZONE.format(rules=rules), event("DTSTART;TZID=X:20270310T090000")))
    assert len(found.versions.current) + len(found.left_out) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:00010101T000000+0100",),
        ("DTSTART;TZID=Asia/Tokyo:00010101T000000", "DTEND:00010101T010000Z"),
        ("DTSTART:20270310T090000Z", "DTEND;TZID=America/New_York:99991231T235959"),
        ("DTSTART;TZID=Asia/Tokyo:00010101T000000", "DURATION:PT1H"),
    ],
)
def test_a_time_beyond_all_years_costs_its_entry_alone(lines: tuple[str, ...]) -> None:
    content = calendar(event(*lines), event("DTSTART:20270311T090000Z", "DTEND:20270311T100000Z"))
    found = read_file(content)
    assert len(found.versions.current) + len(found.left_out) + len(found.versions.superseded) == 2
    assert len(read_calendar(content)) == 2


@pytest.mark.parametrize(
    "content", [b"BEGIN:VCALENDARX\r\nEND:VCALENDARX\r\nA:1", b"\x0bBEGIN:VCALENDAR\r\nA:1"]
)
def test_what_only_begins_like_a_calendar_is_none(content: bytes) -> None:
    with pytest.raises(NoCalendar):
        read_file(content)


def test_what_a_guest_declines_leaves_the_owner_busy() -> None:
    lines = {
        "ORGANIZER": ["ORGANIZER:mailto:owner@example.org"],
        "ATTENDEE": ["ATTENDEE;PARTSTAT=DECLINED:mailto:guest@example.net"],
    }
    assert weight_of(lines, {"owner@example.org"}) is Weight.BUSY
    assert weight_of(lines, {"other@example.org"}) is Weight.FREE

"""A component is the library's own, byte for byte, whatever the text; only its lines are remembered."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Alarm, Event, vUri

from exchange.feeds.icalendar.properties import Property, Text, clean, component_bytes
from exchange.rules.time.timezones import WallTime, instant, zone

TEXTS = st.one_of(
    st.text(max_size=400),
    st.text(alphabet="a\\^,;:é\U0001f600 ", max_size=400),
    st.integers(60, 90).map(lambda length: "x" * length + "\\,^n" * 40),
)
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
LINK = "https://meet.example.org/a?b=1,2;3"
STARTS = WallTime(date(2027, 3, 11), time(10), "Europe/Stockholm")


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_lines_are_those_of_the_library(summary: str, description: str) -> None:
    name = clean(summary).replace("\n", " ").replace('"', " ")
    event = Event()
    event.add("uid", "1@example.org")
    event.add("dtstamp", AT)
    event.add("sequence", 3)
    event.add("dtstart", STARTS.naive.replace(tzinfo=zone(STARTS.time_zone)))
    event.add("dtend", date(2027, 3, 12))
    event.add("geo", (59.33, -18.06))
    event.add("summary", Text(summary))
    event.add("description", Text(description))
    event.add("categories", [Text(summary), Text("b")])
    event.add("conference", vUri(LINK), parameters={"VALUE": "URI", "LABEL": name})
    event.add("organizer", "mailto:office@example.org", parameters={"CN": name})
    alarm = Alarm()
    alarm.add("trigger", timedelta(minutes=-15))
    alarm.add("action", "DISPLAY")
    event.add_component(alarm)
    written = _written(summary, description)
    assert written == event.to_ical()
    assert max(len(line) for line in written.split(b"\r\n")) <= 75


def test_one_instant_in_two_zones_is_two_lines() -> None:
    there = WallTime(date(2027, 3, 11), time(9), "Europe/London")
    assert instant(there) == instant(STARTS)
    lines = {component_bytes("VEVENT", [Property("DTSTART", at)]) for at in (STARTS, there, instant(there))}
    assert len(lines) == 3


def _written(summary: str, description: str) -> bytes:
    properties = [
        Property("CATEGORIES", (summary, "b"), Text),
        Property("CONFERENCE", LINK, vUri, (("VALUE", "URI"), ("LABEL", summary))),
        Property("DESCRIPTION", description, Text),
        Property("DTEND", date(2027, 3, 12)),
        Property("DTSTAMP", AT),
        Property("DTSTART", STARTS),
        Property("GEO", (59.33, -18.06)),
        Property("ORGANIZER", "mailto:office@example.org", parameters=(("CN", summary),)),
        Property("SEQUENCE", 3),
        Property("SUMMARY", summary, Text),
        Property("UID", "1@example.org"),
    ]
    alarm = [Property("TRIGGER", timedelta(minutes=-15)), Property("ACTION", "DISPLAY")]
    return component_bytes("VEVENT", properties, component_bytes("VALARM", alarm))

"""Folding gives the library's own bytes, whatever the text."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Alarm, Event

from exchange.feeds.build import Text, clean
from exchange.feeds.folding import folded

TEXTS = st.one_of(
    st.text(max_size=400),
    st.text(alphabet="a\\^,;:é\U0001f600 ", max_size=400),
    st.integers(60, 90).map(lambda length: "x" * length + "\\,^n" * 40),
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_folded_lines_are_those_of_the_library(summary: str, description: str) -> None:
    event = Event()
    event.add("uid", "1@example.org")
    event.add("summary", Text(summary))
    event.add("description", Text(description))
    event.add("organizer", "mailto:office@example.org", parameters={"CN": clean(summary).replace("\n", " ")})
    alarm = Alarm()
    alarm.add("trigger", timedelta(minutes=-15))
    event.add_component(alarm)
    written = folded(event)
    assert written == event.to_ical()
    assert max(len(line) for line in written.split(b"\r\n")) <= 75

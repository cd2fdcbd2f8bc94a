"""Series held against a library that works them out in another way, where that one is right."""

from datetime import UTC, datetime

import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from exchange.busy.fetching.expansion import Span, expand
from exchange.rules.findings.busy import Interval, merged
from tests.busy.calendars import calendar, event

SPAN = Span(datetime(2026, 11, 17, tzinfo=UTC), datetime(2028, 2, 17, tzinfo=UTC), "Europe/Stockholm")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that fall on the day they begin, 11 January 2027, a Monday."""
    every = f"INTERVAL={draw(st.integers(1, 4))}"
    ends = draw(
        st.sampled_from(["", ";COUNT=1", ";COUNT=7", ";UNTIL=20270611T060000Z", ";UNTIL=20270611T070000Z"])
    )
    weekdays = ",".join(sorted({"MO", *draw(st.lists(st.sampled_from(WEEKDAYS), max_size=4))}))
    what = draw(
        st.sampled_from(
            [
                f"FREQ=DAILY;{every}",
                f"FREQ=WEEKLY;{every};BYDAY={weekdays};WKST=SU",
                f"FREQ=MONTHLY;{every}",
                f"FREQ=MONTHLY;{every};BYDAY=2MO",
                f"FREQ=MONTHLY;{every};BYDAY={weekdays};BYSETPOS=2,5",
                f"FREQ=MONTHLY;BYMONTHDAY=11,-1;{every}",
                "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=11",
            ]
        )
    )
    return f"{what}{ends}"


@given(rules(), st.lists(st.integers(11, 28), max_size=4), st.lists(st.integers(1, 28), max_size=3))
@settings(deadline=None, max_examples=60)
def test_a_series_is_that_of_the_library(rule: str, gone: list[int], added: list[int]) -> None:
    lines = [f"RRULE:{rule}"]
    lines += [f"EXDATE;TZID=Europe/Stockholm:202701{day:02}T090000" for day in gone]
    lines += [f"RDATE;TZID=Europe/Stockholm:202703{day:02}T140000" for day in added]
    content = calendar(event(more="\r\n".join(lines)))
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(SPAN.from_at, SPAN.to_at)
    expected = merged(
        Interval(one["DTSTART"].dt.astimezone(UTC), one["DTEND"].dt.astimezone(UTC)) for one in found
    )
    assert expand(content, SPAN).intervals == expected

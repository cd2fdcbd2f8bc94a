"""Twenty calendars as programs really send them, each with the times that people mean by it."""

from dataclasses import dataclass

import pytest

from exchange.busy.fetching.expansion import Span, expand
from exchange.transfer.ics_file import read_calendar
from tests.busy.calendars import HEAD
from tests.calendar_reading.test_kinds import FROM, TO, clock

STAMP = "DTSTAMP:20260101T000000Z"
STO = "TZID=Europe/Stockholm"
MONDAY = (f"DTSTART;{STO}:20270301T090000", f"DTEND;{STO}:20270301T100000")
IN_NEW_YORK = f"{HEAD}X-WR-TIMEZONE:America/New_York\r\n"
OUTLOOK, EASTERN = "TZID=W. Europe Standard Time", "TZID=Eastern Standard Time"
ALARM = ("BEGIN:VALARM", "UID:alarm", "TRIGGER:-PT5M", "REPEAT:1000000", "DURATION:PT1S", "END:VALARM")


def entry(*lines: str, uid: str = "one", stamp: str = STAMP) -> str:
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", f"UID:{uid}", stamp, *lines, "END:VEVENT"))


def put_for(when: str, *lines: str, stamp: str = STAMP) -> str:
    return entry(f"RECURRENCE-ID{when}", *lines, stamp=stamp)


def utc(first: str, last: str) -> tuple[str, str]:
    return f"DTSTART:{first}Z", f"DTEND:{last}Z"


@dataclass(frozen=True)
class Case:
    """A calendar's entries, and when they are, in UTC; ``left_out`` of them cannot be read."""

    entries: tuple[str, ...]
    times: tuple[str, ...]
    left_out: int = 0
    head: str = HEAD


CASES = {
    "Outlook: one of a series moved to a clock of another zone": Case(
        (
            entry(
                f"DTSTART;{OUTLOOK}:20270301T090000",
                f"DTEND;{OUTLOOK}:20270301T100000",
                "RRULE:FREQ=WEEKLY;COUNT=3;INTERVAL=1;BYDAY=MO;WKST=SU",
            ),
            put_for(
                f";{EASTERN}:20270308T030000",
                f"DTSTART;{EASTERN}:20270308T050000",
                f"DTEND;{EASTERN}:20270308T060000",
            ),
        ),
        ("0301 08:00-09:00", "0308 10:00-11:00", "0315 08:00-09:00"),
    ),
    "Outlook: the same one moved twice, its time written in two ways": Case(
        (
            entry(*MONDAY, "RRULE:FREQ=WEEKLY;COUNT=2"),
            put_for(f";{STO}:20270308T090000", *utc("20270308T120000", "20270308T130000")),
            put_for(
                ":20270308T080000Z",
                *utc("20270308T150000", "20270308T160000"),
                stamp="DTSTAMP:20260102T000000Z",
            ),
        ),
        ("0301 08:00-09:00", "0308 15:00-16:00"),
    ),
    "Outlook: one called off in a calendar that is published": Case(
        (
            entry(*MONDAY, "RRULE:FREQ=WEEKLY;COUNT=2"),
            put_for(f";{STO}:20270308T090000", f"DTSTART;{STO}:20270308T090000", "STATUS:CANCELLED"),
        ),
        ("0301 08:00-09:00",),
    ),
    "Outlook: a page for a description, of which one line looks like a beginning": Case(
        (
            entry(
                "X-ALT-DESC;FMTTYPE=text/html:<html><body>",
                '<p style="color:red">Begin: 14:00</p>',
                "Begin: 14:00",
                "End: 15:00",
                "</body></html>",
                *MONDAY,
            ),
        ),
        ("0301 08:00-09:00",),
    ),
    "Google: days taken out of an all-day series in one list": Case(
        (
            entry(
                "DTSTART;VALUE=DATE:20270301",
                "DTEND;VALUE=DATE:20270302",
                "RRULE:FREQ=WEEKLY;UNTIL=20270315",
                "EXDATE;VALUE=DATE:20270308,20270322",
            ),
        ),
        ("0228 23:00-23:00", "0314 23:00-23:00"),
    ),
    "Google: a day of an all-day series becomes an hour": Case(
        (
            entry("DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270302", "RRULE:FREQ=DAILY;COUNT=2"),
            put_for(";VALUE=DATE:20270302", *utc("20270302T090000", "20270302T100000")),
        ),
        ("0228 23:00-23:00", "0302 09:00-10:00"),
    ),
    "Apple: alarms with lengths and starts of their own, and the way there": Case(
        (
            entry(
                *MONDAY,
                "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT45M",
                "BEGIN:VALARM",
                "TRIGGER:-PT15M",
                "DTSTART:20200101T000000Z",
                "DURATION:PT9H",
                "END:VALARM",
            ),
        ),
        ("0301 08:00-09:00",),
    ),
    "Apple: a rule that names the calendar it counts by": Case(
        (entry(*MONDAY, "RRULE:RSCALE=GREGORIAN;FREQ=WEEKLY;COUNT=2;SKIP=OMIT"),),
        ("0301 08:00-09:00", "0308 08:00-09:00"),
    ),
    "a rule that counts by another calendar, or fills what is no date": Case(
        (
            entry(*MONDAY, "RRULE:RSCALE=CHINESE;FREQ=YEARLY"),
            entry(
                "DTSTART;VALUE=DATE:20240229", "RRULE:RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", uid="two"
            ),
        ),
        (),
        left_out=2,
    ),
    "Nextcloud: a mark in front, and a length for an end": Case(
        (entry(MONDAY[0], "DURATION:PT1H"),), ("0301 08:00-09:00",), head=f"\ufeff{HEAD}"
    ),
    "Notes: a series of periods, folded, in a zone of its own": Case(
        (
            entry(
                'DTSTART;TZID="Local":20270301T090000',
                'DTEND;TZID="Local":20270301T100000',
                'RDATE;TZID="Local";VALUE=PERIOD:20270301T090000/20270301T100000,\r\n'
                " 20270308T090000/20270308T110000,20270315T090000/PT30M",
            ),
            clock("Local"),
        ),
        ("0301 08:00-09:00", "0308 08:00-10:00", "0315 08:00-08:30"),
    ),
    "the last working day of the month": Case(
        (entry(*MONDAY, "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2;WKST=MO"),),
        ("0301 08:00-09:00", "0331 07:00-08:00", "0430 07:00-08:00"),
    ),
    "every other week, which begins on a Sunday": Case(
        (entry(*MONDAY, "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=3;WKST=SU"),),
        ("0301 08:00-09:00", "0314 08:00-09:00", "0315 08:00-09:00"),
    ),
    "a count includes what is taken out": Case(
        (entry(*MONDAY, "RRULE:FREQ=DAILY;COUNT=3", f"EXDATE;{STO}:20270301T090000"),),
        ("0302 08:00-09:00", "0303 08:00-09:00"),
    ),
    "a length below nothing": Case((entry(MONDAY[0], "DURATION:-PT1H"),), (), left_out=1),
    "a flood of alarms": Case((entry(*ALARM * 2000, *MONDAY),), ("0301 08:00-09:00",)),
    "one UID for an event and a series of which one was moved": Case(
        (
            entry(*utc("20270201T120000", "20270201T130000")),
            entry(*MONDAY, "RRULE:FREQ=WEEKLY;COUNT=2"),
            put_for(":20270308T080000Z", *utc("20270310T080000", "20270310T090000")),
        ),
        ("0201 12:00-13:00", "0301 08:00-09:00", "0310 08:00-09:00"),
    ),
    "one UID for two series": Case(
        (
            entry(*MONDAY, "RRULE:FREQ=WEEKLY;COUNT=2"),
            entry(*MONDAY, "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:Again"),
            put_for(":20270308T080000Z", *utc("20270310T080000", "20270310T090000")),
        ),
        ("0301 08:00-09:00", "0310 08:00-09:00"),
    ),
    "what goes with a start is on its clock, not on the calendar's": Case(
        (
            entry(*MONDAY, "RRULE:FREQ=WEEKLY;UNTIL=20270322T090000", "EXDATE:20270308T090000"),
            put_for(":20270315T090000", *utc("20270316T080000", "20270316T090000")),
            entry(*MONDAY, "RDATE:20270401T090000,20270402T090000/PT2H", uid="two"),
        ),
        (
            "0301 08:00-09:00",
            "0316 08:00-09:00",
            "0322 08:00-09:00",
            "0401 07:00-08:00",
            "0402 07:00-09:00",
        ),
        head=IN_NEW_YORK,
    ),
    "nor on one that nobody knows": Case(
        (entry(*MONDAY, "RRULE:FREQ=DAILY;UNTIL=20270302T090000"),),
        ("0301 08:00-09:00", "0302 08:00-09:00"),
        head=f"{HEAD}X-WR-TIMEZONE:Home\r\n",
    ),
    "zones described behind the events": Case(
        (entry('DTSTART;TZID="Office":20270301T090000', "DURATION:PT1H"), clock("Office")),
        ("0301 08:00-09:00",),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_calendar_is_read_as_people_mean_it(case: Case) -> None:
    content = f"{case.head}{''.join(case.entries)}END:VCALENDAR\r\n".encode()
    found = expand(content, Span(FROM, TO, "Europe/Stockholm"))
    assert tuple(f"{one.starts_at:%m%d %H:%M}-{one.ends_at:%H:%M}" for one in found.intervals) == case.times
    assert found.left_out == case.left_out


def test_an_import_reads_on_behind_a_line_that_looks_like_a_beginning() -> None:
    """ "Begin: 14:00" of a description opened a component, in which the hours were lost."""
    lines = ("SUMMARY:Seminar", "DESCRIPTION:On the day", "Begin: 14:00", "End: 15:00", *MONDAY)
    (row,) = read_calendar(f"{HEAD}{entry(*lines)}END:VCALENDAR\r\n")
    assert row.cells["start"] == "09:00"
    assert "fault" not in row.cells

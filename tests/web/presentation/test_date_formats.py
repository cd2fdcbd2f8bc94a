"""How dates, clocks and sentences are written."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask, render_template_string

from exchange.errors import InvalidInput
from exchange.rules.findings.finding_types import Finding, Severity
from exchange.web.presentation import date_formats

THURSDAY = date(2027, 2, 11)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (date_formats.long_day(THURSDAY), "Thursday 11 February 2027"),
        (date_formats.day(THURSDAY), "Thu 11 Feb 2027"),
        (date_formats.short_day(THURSDAY), "Thu 11 Feb"),
        (date_formats.month(THURSDAY), "February 2027"),
        (date_formats.week(THURSDAY), "W06"),
        (date_formats.week(date(2027, 1, 1)), "W53"),  # the ISO year is still 2026
        (date_formats.weekday(0), "Monday"),
        (date_formats.clock(time(9, 5)), "09:05"),
        (date_formats.day(THURSDAY, "sv"), "tors 11 feb. 2027"),
        (date_formats.span(THURSDAY, THURSDAY), "Thu 11 Feb 2027"),
        (date_formats.span(THURSDAY, date(2027, 2, 14)), "Thu 11 Feb – Sun 14 Feb 2027"),
        (date_formats.span(date(2026, 12, 28), date(2027, 1, 3)), "Mon 28 Dec 2026 – Sun 3 Jan 2027"),
        (date_formats.length(90), "1 h 30 min"),
        (date_formats.length(120), "2 h"),
        (date_formats.length(45), "45 min"),
        (date_formats.length(0), "0 min"),
        (date_formats.duration(timedelta(minutes=5)), "5 minutes"),
        (date_formats.duration(timedelta(hours=30)), "1 day"),
    ],
)
def test_written_as_people_read_it(written: str, expected: str) -> None:
    assert written == expected


def test_moment_stands_on_the_wall_of_its_zone() -> None:
    at = datetime(2027, 2, 11, 23, 30, tzinfo=UTC)
    assert date_formats.moment(at, "America/New_York") == "Thu 11 Feb 2027, 18:30"
    assert date_formats.moment(at, "Australia/Sydney") == "Fri 12 Feb 2027, 10:30"


def test_sentence_fills_its_places_with_dates_as_days(paper_app: Flask) -> None:
    finding = Finding(Severity.WARN, "x", "%(day)s is quiet in %(city)s.", {"day": THURSDAY, "city": "Malmö"})
    with paper_app.test_request_context():
        assert date_formats.sentence(finding) == "Thu 11 Feb 2027 is quiet in Malmö."
        assert date_formats.sentence(InvalidInput("100 % sure.")) == "100 % sure."


def test_names_in_sentences_are_escaped_on_pages(paper_app: Flask) -> None:
    finding = Finding(Severity.WARN, "x", "%(city)s is quiet.", {"city": "<script>"})
    with paper_app.test_request_context():
        page = render_template_string("{{ finding | sentence }}", finding=finding)
    assert page == "&lt;script&gt; is quiet."

"""By which day requests are answered, on the host city's calendar."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import ConfigurationError
from exchange.rules.duties.request_rules import RequestKind, Span, read_request_rules
from exchange.rules.duties.requests import promise
from exchange.rules.time.holidays import CityCalendar, is_working_day
from exchange.settings import CONFIG, read_toml
from tests.factories import CITY_DATA

FIVE = Span(working_days=5, months=0, remind_after=3)
A_MONTH = Span(working_days=0, months=1, remind_after=10)


def calendar_of(name: str) -> CityCalendar:
    zone, country, subdivision, categories = CITY_DATA[name]
    return CityCalendar(
        city_id=1,
        city=name,
        time_zone=zone,
        country=country,
        subdivision=subdivision,
        categories=tuple(categories),
        work_starts=time(9),
        work_ends=time(17),
        quiet=(),
    )


@pytest.mark.parametrize(
    ("host", "asked_on", "due_on", "remind_on"),
    [
        ("London", date(2027, 3, 25), date(2027, 4, 5), date(2027, 4, 1)),  # Good Friday and Easter Monday
        ("London", date(2026, 12, 23), date(2027, 1, 4), date(2026, 12, 30)),
        ("London", date(2027, 6, 3), date(2027, 6, 10), date(2027, 6, 8)),
        ("Stockholm", date(2027, 5, 5), date(2027, 5, 13), date(2027, 5, 11)),  # Ascension Day on the 6th
        ("Washington DC", date(2027, 7, 1), date(2027, 7, 9), date(2027, 7, 7)),  # 4 July kept on Monday
    ],
)
def test_five_working_days_of_the_host_city(host: str, asked_on: date, due_on: date, remind_on: date) -> None:
    found = promise(asked_on, FIVE, calendar_of(host))
    assert (found.due_on, found.remind_on) == (due_on, remind_on)


def test_a_month_ends_on_its_last_day_or_the_working_day_before() -> None:
    assert promise(date(2027, 1, 31), A_MONTH, calendar_of("London")).due_on == date(2027, 2, 26)
    assert promise(date(2027, 12, 15), A_MONTH, calendar_of("London")).due_on == date(2028, 1, 14)


@given(
    st.sampled_from(["London", "Stockholm", "Washington DC"]),
    st.dates(date(2026, 11, 1), date(2028, 6, 30)),
    st.sampled_from([FIVE, A_MONTH, Span(20, 0, 10)]),
)
def test_it_is_due_on_a_working_day_after_and_reminds_before(host: str, asked_on: date, span: Span) -> None:
    city = calendar_of(host)
    found = promise(asked_on, span, city)
    assert asked_on < found.remind_on <= found.due_on
    assert is_working_day(city, found.due_on)
    if span.working_days:
        between = (asked_on + timedelta(days=n) for n in range(1, (found.due_on - asked_on).days + 1))
        assert sum(is_working_day(city, on) for on in between) == span.working_days


def document() -> dict[str, object]:
    return dict(read_toml(CONFIG / "requests.toml"))


def test_the_file_has_each_kind_once() -> None:
    rules = read_request_rules(document())
    assert set(rules.spans) == set(RequestKind)
    assert rules.spans[RequestKind.FORMAT] == FIVE
    assert rules.spans[RequestKind.DATA].months == 1


@pytest.mark.parametrize(
    "kinds",
    [
        [],
        [{"kind": "accessible format", "working_days": 5, "months": 1, "remind_after": 3}],
        [{"kind": "accessible format", "remind_after": 3}],
        [{"kind": "a lift", "working_days": 5, "remind_after": 3}],
    ],
)
def test_a_file_that_says_something_else_is_refused(kinds: list[object]) -> None:
    with pytest.raises(ConfigurationError):
        read_request_rules(document() | {"kinds": kinds})

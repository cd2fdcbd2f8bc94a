"""When a duty calls for a letter: days before, on and after, put off by days off and never lost to them."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import ConfigurationError
from exchange.rules.duties.duty import Duty, Owner, Role, Subject, Weight
from exchange.rules.duties.duty_letters import calls_for_letter, day_here, is_last_call, read_duty_letters
from exchange.rules.sentences import Sentence
from exchange.rules.time.holidays import CityCalendar, is_working_day

KINDS = ("milestone", "stage")
DAYS = (-7, 0, 3)
LONDON = CityCalendar(
    city_id=1,
    city="London",
    time_zone="Europe/London",
    country="GB",
    subdivision="ENG",
    categories=(),
    work_starts=time(9),
    work_ends=time(17),
    quiet=(),
)


def duty(due_on: date, weight: Weight = Weight.MUST, time_zone: str = "Europe/London") -> Duty:
    return Duty(
        key="training:1:fpm",
        what=Sentence("Final planning meeting"),
        subject=Subject("training", 1, "Drones"),
        owner=Owner(Role.COORDINATOR),
        due_on=due_on,
        time_zone=time_zone,
        weight=weight,
    )


@pytest.mark.parametrize(
    ("due_on", "today", "is_called"),
    [
        (date(2027, 10, 28), date(2027, 10, 21), True),  # the Thursday before
        (date(2027, 10, 28), date(2027, 10, 22), True),  # nobody had a letter: still in that week
        (date(2027, 10, 28), date(2027, 10, 25), False),  # the next week begins
        (date(2027, 10, 28), date(2027, 10, 28), True),
        (date(2027, 10, 28), date(2027, 11, 1), True),  # the third day after is a Sunday
        (date(2027, 10, 28), date(2027, 10, 20), False),
        (date(2027, 4, 2), date(2027, 3, 30), True),  # a week before is Good Friday, Easter Monday is free
        (date(2027, 4, 2), date(2027, 4, 5), True),
        (date(2027, 4, 2), date(2027, 4, 12), False),
    ],
)
def test_a_letter_is_called_for_in_the_week_of_its_days(due_on: date, today: date, is_called: bool) -> None:
    assert calls_for_letter(DAYS, due_on, today, LONDON) is is_called


@given(due_on=st.dates(date(2026, 1, 1), date(2030, 1, 1)), days=st.integers(-60, 60))
def test_each_day_calls_on_a_working_day_of_its_week_or_the_first_after(due_on: date, days: int) -> None:
    planned_on = due_on + timedelta(days=days)
    within = (planned_on + timedelta(days=n) for n in range(15))
    working = next(on for on in within if is_working_day(LONDON, on))
    assert calls_for_letter((days,), due_on, working, LONDON)
    assert not calls_for_letter((days,), due_on, planned_on - timedelta(days=1), LONDON)
    assert not calls_for_letter((days,), due_on, working + timedelta(days=14), LONDON)


def test_what_must_be_done_is_said_on_the_last_working_day_before() -> None:
    monday, friday = date(2027, 11, 1), date(2027, 10, 29)
    assert is_last_call(duty(monday), monday, friday, LONDON)
    assert not is_last_call(duty(monday), monday, date(2027, 10, 28), LONDON)
    assert not is_last_call(duty(monday), monday, monday, LONDON)
    assert not is_last_call(duty(monday, Weight.SHOULD), monday, friday, LONDON)


@pytest.mark.parametrize(
    ("time_zone", "here"),
    [
        ("Europe/London", date(2027, 10, 28)),
        ("Europe/Stockholm", date(2027, 10, 28)),
        ("America/New_York", date(2027, 10, 28)),
        ("Pacific/Auckland", date(2027, 10, 29)),
    ],
)
def test_a_day_in_london_ends_on_the_wall_of_its_reader(time_zone: str, here: date) -> None:
    assert day_here(duty(date(2027, 10, 28)), time_zone) == here


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        ([{"kind": "mile", "days": [0]}], "letters[1].kind: expected one of milestone, stage"),
        ([{"kind": "stage", "days": [3, 0]}], "letters[1].days: expected a list of whole numbers"),
        ([{"kind": "stage", "days": [0, 0]}], "letters[1].days"),
        ([{"kind": "stage", "days": []}], "letters[1].days"),
        ([{"kind": "stage", "days": [0.5]}], "letters[1].days"),
        ([{"kind": "stage", "days": [61]}], "letters[1].days"),
        (
            [{"kind": "stage", "days": [0], "hours": 1}],
            "letters[1].hours: expected one of the keys",
        ),
        ([{"kind": "stage"}], "letters[1].days is missing."),
        ([{"kind": "stage", "days": [0]}] * 2, "letters: expected each kind once"),
        ([], "letters: expected a list of one or more tables"),
    ],
)
def test_a_fault_in_the_file_is_said_at_its_place(letters: list[dict[str, object]], said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_duty_letters({"letters": letters}, KINDS)
    assert said in str(refused.value)


def test_a_kind_without_an_entry_calls_for_no_letter() -> None:
    rules = read_duty_letters({"letters": [{"kind": "stage", "days": [-7, 0]}]}, KINDS)
    assert (rules.of("stage"), rules.of("milestone")) == ((-7, 0), ())


def test_what_calls_for_a_letter_weeks_ahead_is_told_of_from_then_on() -> None:
    document = {"letters": [{"kind": "milestone", "days": [-28, 0]}, {"kind": "stage", "days": [3]}]}
    rules = read_duty_letters(document, KINDS)
    assert rules.ahead_of("milestone") == rules.ahead_most == timedelta(days=28)
    assert rules.ahead_of("stage") == rules.ahead_of("no such kind") == timedelta(days=14)

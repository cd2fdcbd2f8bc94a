"""The chase ladder: which step goes to whom on which day, on working days alone, for each last day once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.letters.chase_ladder import Awaited, Helpers, ladder_letters, nudge, week_of
from exchange.rules.letters.reminders import PlannedLetter, Reader
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.rules.time.holidays import CityCalendar, is_working_day
from exchange.rules.time.timezones import wall_time
from tests.rules.calendars import CITIES, LONDON, STOCKHOLM, WASHINGTON
from tests.rules.plans import shipped_plan

PLAN = shipped_plan()
ASKED, DUE = date(2027, 1, 25), date(2027, 2, 5)  # Monday of week 3 and Friday of week 4 of C1


def reader(number: int, calendar: CityCalendar, name: str = "") -> Reader:
    return Reader(number, name or f"Reader {number}", (), calendar)


def owes(
    number: int, calendar: CityCalendar = LONDON, *, group: int | None = None, last_on: date = DUE
) -> Awaited:
    party = f"Group {group}" if group else calendar.city
    city = None if group else calendar.city_id
    return Awaited(party, city, group, reader(number, calendar), ASKED, last_on)


CHAIR, LEAD = reader(90, LONDON, "Chair"), reader(91, LONDON, "Lead")
HELPERS = Helpers(lambda _group: [CHAIR], lambda _one: [LEAD])


def ladder(kind: CycleAsk, *awaited: Awaited) -> list[PlannedLetter]:
    return ladder_letters(PLAN.ladder(kind), PLAN.ask(kind), awaited, HELPERS)


def told(letters: list[PlannedLetter]) -> list[tuple[str, int, str]]:
    return [
        (one.key, one.reader.person_id, f"{wall_time(one.due_at, one.reader.calendar.time_zone).on:%a %d %b}")
        for one in letters
    ]


def test_a_silent_city_is_reminded_twice_and_its_lead_hears_the_day_after() -> None:
    assert told(ladder(CycleAsk.CITIES, owes(1))) == [
        ("E3_half_way", 1, "Fri 29 Jan"),  # half of eleven days is a Saturday
        ("E3_day_before", 1, "Thu 04 Feb"),
        ("E3_lead", 91, "Mon 08 Feb"),
    ]


def test_silent_members_of_a_group_are_told_to_the_chair_in_one_letter_and_then_to_the_lead() -> None:
    letters = ladder(CycleAsk.GROUPS, owes(1, group=4), owes(2, group=4), owes(90, group=4))
    assert [one for one in told(letters) if one[1] > 80] == [
        ("E3-groups_half_way", 90, "Fri 29 Jan"),  # the chair owes an answer, too
        ("E3-groups_day_before", 90, "Thu 04 Feb"),
        ("E3-groups_chair", 90, "Mon 08 Feb"),
        ("E3-groups_lead_of_member", 91, "Mon 15 Feb"),
    ]
    by_key = {one.key: one.awaits for one in letters}
    assert by_key["E3-groups_chair"] == ("Reader 1", "Reader 2")  # not of themselves
    assert by_key["E3-groups_lead_of_member"][0] == "Reader 1 (Group 4)"


def test_nothing_is_chased_when_everybody_answered() -> None:
    assert ladder(CycleAsk.CITIES) == ladder(CycleAsk.GROUPS) == []


def test_an_extension_moves_the_steps_that_count_from_it_and_makes_letters_of_their_own() -> None:
    extended = owes(1, last_on=date(2027, 2, 12))
    letters = ladder(CycleAsk.CITIES, owes(1), extended)
    days = {key: on for key, _, on in told(ladder(CycleAsk.CITIES, extended))}
    assert days["E3_day_before"] == "Thu 11 Feb"
    assert days["E3_lead"] == "Mon 15 Feb"
    keys = [one.once_suffix for one in letters]
    assert len(set(keys)) == len(keys) == 6


def test_a_step_is_useless_after_its_week_and_before_the_last_day_with_it() -> None:
    until = {
        one.key: f"{wall_time(one.useless_after, one.reader.calendar.time_zone).on:%a %d %b}"
        for one in ladder(CycleAsk.CITIES, owes(1))
    }
    assert until == {"E3_half_way": "Mon 01 Feb", "E3_day_before": "Sat 06 Feb", "E3_lead": "Mon 15 Feb"}


@pytest.mark.parametrize(
    ("asked", "last", "keys"),
    [
        (DUE, DUE, ["E3_lead"]),  # asked on the last day: nobody is reminded before
        (date(2027, 2, 3), DUE, ["E3_day_before", "E3_lead"]),  # half of two days is the day before
        (date(2027, 2, 4), DUE, ["E3_lead"]),
    ],
)
def test_no_reminder_comes_before_there_was_time_to_answer(asked: date, last: date, keys: list[str]) -> None:
    one = Awaited("London", 1, None, reader(1, LONDON), asked, last)
    found = [letter.key for letter in ladder(CycleAsk.CITIES, one)]
    assert [key for key in found if key != "E3_half_way"] == keys


def test_a_nudge_has_a_key_for_each_week_and_says_when_the_last_day_has_passed() -> None:
    ask = PLAN.ask(CycleAsk.CITIES)
    before = datetime(2027, 2, 2, 10, tzinfo=UTC)
    letters = [nudge(ask, [owes(1)], due_at=before + timedelta(weeks=n)) for n in range(3)]
    assert len({one.once_suffix for one in letters}) == 3
    sunday_ends = datetime(2027, 2, 7, tzinfo=UTC) + timedelta(days=1)
    for n, one in enumerate(letters):
        offset = wall_time(one.useless_after, one.reader.calendar.time_zone)
        assert f"{offset.at:%H:%M}" == "00:00"
        assert offset.on == (sunday_ends + timedelta(weeks=n)).date()  # the next has a letter of its own
    assert [one.rule.days > 0 for one in letters] == [False, True, True]


def test_weeks_are_those_of_the_readers_wall() -> None:
    monday = datetime(2027, 2, 8, 2, tzinfo=UTC)
    assert week_of(monday, "Europe/Stockholm") == "2027-W06"
    assert week_of(monday, "America/New_York") == "2027-W05"
    assert week_of(datetime(2027, 1, 1, 12, tzinfo=UTC), "UTC") == "2026-W53"


@given(
    calendar=st.sampled_from(CITIES),
    asked=st.dates(date(2027, 1, 1), date(2028, 12, 1)),
    days=st.integers(0, 40),
    kind=st.sampled_from(list(CycleAsk)),
)
def test_every_step_leaves_at_nine_on_a_working_day_of_its_reader(
    calendar: CityCalendar, asked: date, days: int, kind: CycleAsk
) -> None:
    group = 4 if kind is CycleAsk.GROUPS else None
    who = Awaited("x", 1, group, reader(1, calendar), asked, asked + timedelta(days=days))
    helper = Helpers(lambda _group: [reader(2, STOCKHOLM)], lambda _one: [reader(3, WASHINGTON)])
    for letter in ladder_letters(PLAN.ladder(kind), PLAN.ask(kind), [who], helper):
        wall = wall_time(letter.due_at, letter.reader.calendar.time_zone)
        assert is_working_day(letter.reader.calendar, wall.on)
        assert f"{wall.at:%H:%M}" == "09:00"
        assert letter.due_at < letter.useless_after
        if letter.rule.days <= 0:
            assert asked < wall.on <= who.last_on
        else:
            assert wall.on > who.last_on

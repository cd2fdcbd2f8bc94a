"""An exchange on the calendar: stages that tile the weeks, the session's day, and what is under way."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.rules.programme.cycles import (
    StageDates,
    check_start,
    cycle_ends_on,
    due_on,
    is_done,
    next_start,
    session_on,
    sittings_for,
    stage_at,
    stages_for,
)
from tests.rules.plans import shipped_plan

PLAN = shipped_plan()
C1 = date(2027, 1, 11)
KEYS = [stage.key for stage in PLAN.stages_within]

mondays = st.integers(0, 4000).map(lambda weeks: date(2001, 1, 1) + timedelta(weeks=weeks))


def within(stages: tuple[StageDates, ...]) -> list[StageDates]:
    return [stage for stage in stages if not stage.is_before and not stage.is_after]


def test_story_1_eight_weeks_from_11_january_end_on_sunday_7_march() -> None:
    assert cycle_ends_on(C1, 8) == date(2027, 3, 7)
    assert next_start(C1, 8) == date(2027, 3, 8)
    assert within(stages_for(PLAN, C1))[-1].ends_on == date(2027, 3, 7)


def test_stages_of_the_first_cycle_of_2027() -> None:
    assert [
        (stage.key, f"{stage.starts_on:%m-%d}", f"{stage.ends_on:%m-%d}") for stage in stages_for(PLAN, C1)
    ] == [
        ("prepare", "12-21", "01-10"),
        ("launch", "01-11", "01-17"),
        ("scope", "01-18", "01-24"),
        ("gather", "01-25", "01-31"),
        ("gather_closes", "02-01", "02-07"),
        ("exchange", "02-08", "02-14"),
        ("draft", "02-15", "02-21"),
        ("review", "02-22", "02-28"),
        ("publish", "03-01", "03-07"),
        ("follow_up", "03-29", "04-04"),
        ("follow_up_13", "05-31", "06-06"),
    ]


def test_stages_outside_the_weeks_say_so() -> None:
    stages = stages_for(PLAN, C1)
    assert [stage.key for stage in stages if stage.is_before] == ["prepare"]
    assert [stage.key for stage in stages if stage.is_after] == ["follow_up", "follow_up_13"]


@pytest.mark.parametrize(
    ("start", "thursday"),
    [
        ("2027-01-11", "2027-02-11"),
        ("2027-03-08", "2027-04-08"),
        ("2027-05-03", "2027-06-03"),
        ("2027-08-09", "2027-09-09"),
        ("2027-10-04", "2027-11-04"),
    ],
)
def test_session_is_on_thursday_of_week_5(start: str, thursday: str) -> None:
    stages = stages_for(PLAN, date.fromisoformat(start))
    assert session_on(PLAN, stages) == date.fromisoformat(thursday)


def test_sittings_are_offered_at_their_wall_times() -> None:
    offered = sittings_for(PLAN, stages_for(PLAN, C1))
    assert [(s.stage, s.wall.on, s.wall.at, s.minutes) for s in offered] == [
        ("scope", date(2027, 1, 21), time(14), 45),
        ("exchange", date(2027, 2, 11), time(14), 90),
        ("exchange", date(2027, 2, 11), time(8), 90),
    ]
    assert {sitting.wall.time_zone for sitting in offered} == {"Europe/London"}


@pytest.mark.parametrize("day", ["2027-01-12", "2027-01-17"])
def test_start_on_another_day_is_refused_with_the_mondays_beside_it(day: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_start(date.fromisoformat(day))
    assert refusal.value.field == "starts_on"
    assert refusal.value.values["before"] == date(2027, 1, 11)
    assert refusal.value.values["after"] == date(2027, 1, 18)


@pytest.mark.parametrize("on", [date(1, 1, 1), date(9999, 12, 27)])
def test_start_in_a_year_nobody_meant_is_refused(on: date) -> None:
    with pytest.raises(InvalidInput, match="between 2000 and 2100"):
        stages_for(PLAN, on)


def test_stage_weeks_of_a_coordinator_are_kept() -> None:
    weeks = dict.fromkeys(KEYS, 1) | {"gather": 2}
    stages = stages_for(PLAN, C1, duration_weeks=9, stage_weeks=weeks)
    gather = next(stage for stage in stages if stage.key == "gather")
    assert (gather.starts_on, gather.ends_on) == (date(2027, 1, 25), date(2027, 2, 7))
    assert within(stages)[-1].ends_on == cycle_ends_on(C1, 9)


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (dict.fromkeys(KEYS, 1) | {"gather": 2}, "take 9 weeks together, and the exchange takes 8"),
        (dict.fromkeys(KEYS, 1) | {"gather": 0, "draft": 2}, "Gather takes one week at least"),
        (dict.fromkeys(KEYS, 1) | {"lunch": 1}, "lunch is not a stage"),
        (dict.fromkeys(KEYS[1:], 1), "launch has no weeks"),
        ({}, "draft has no weeks"),
    ],
)
def test_stage_weeks_that_do_not_add_up_are_refused(weeks: dict[str, int], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        stages_for(PLAN, C1, stage_weeks=weeks)
    assert refusal.value.field == "stage_weeks"


@pytest.mark.parametrize(
    ("duration_weeks", "said"),
    [(7, "7 weeks are too few for 8 stages"), (0, "too few"), (53, "52 weeks at most")],
)
def test_duration_that_cannot_hold_the_stages_is_refused(duration_weeks: int, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        stages_for(PLAN, C1, duration_weeks=duration_weeks)
    assert refusal.value.field == "duration_weeks"


def test_longer_duration_lengthens_the_first_stages_first() -> None:
    stages = within(stages_for(PLAN, C1, duration_weeks=10))
    lengths = [(stage.ends_on - stage.starts_on).days + 1 for stage in stages]
    assert lengths == [14, 14, 7, 7, 7, 7, 7, 7]


@st.composite
def valid_weeks(draw: st.DrawFn) -> dict[str, int]:
    lengths = draw(st.lists(st.integers(1, 5), min_size=len(KEYS), max_size=len(KEYS)))
    return dict(zip(KEYS, lengths, strict=True))


@given(mondays, valid_weeks())
def test_stages_tile_the_duration_without_gap_or_overlap(start: date, weeks: dict[str, int]) -> None:
    total = sum(weeks.values())
    laid = within(stages_for(PLAN, start, duration_weeks=total, stage_weeks=weeks))
    days = [
        stage.starts_on + timedelta(days=n)
        for stage in laid
        for n in range((stage.ends_on - stage.starts_on).days + 1)
    ]
    assert days == [start + timedelta(days=n) for n in range(7 * total)]
    assert all(stage.starts_on.weekday() == 0 for stage in laid)


@given(mondays, st.integers(8, 52))
def test_stages_spread_over_any_duration_tile_it_too(start: date, duration_weeks: int) -> None:
    laid = within(stages_for(PLAN, start, duration_weeks=duration_weeks))
    assert laid[0].starts_on == start
    assert laid[-1].ends_on == cycle_ends_on(start, duration_weeks)
    for before, after in pairwise(laid):
        assert after.starts_on == before.ends_on + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "key"),
    [
        ("2026-12-20", None),
        ("2026-12-21", "prepare"),
        ("2027-01-10", "prepare"),
        ("2027-01-11", "launch"),
        ("2027-02-11", "exchange"),
        ("2027-03-07", "publish"),
        ("2027-03-08", None),
        ("2027-04-01", "follow_up"),
    ],
)
def test_stage_at_is_the_stage_of_the_day(day: str, key: str | None) -> None:
    found = stage_at(stages_for(PLAN, C1), date.fromisoformat(day))
    assert (found.key if found else None) == key


def test_work_is_due_on_the_last_friday_of_its_stage() -> None:
    by_key = {stage.key: stage for stage in stages_for(PLAN, C1)}
    assert due_on(by_key["gather_closes"]) == date(2027, 2, 5)
    short = StageDates("x", "X", "owners", date(2027, 2, 8), date(2027, 2, 10))
    assert due_on(short) == date(2027, 2, 10)


def test_stage_is_done_when_somebody_says_so_or_when_its_last_day_is_past() -> None:
    last = date(2027, 1, 17)
    said = datetime(2027, 1, 12, tzinfo=UTC)
    assert is_done(done_at=said, ends_on=last, today=date(2027, 1, 12))
    assert not is_done(done_at=None, ends_on=last, today=last)
    assert is_done(done_at=None, ends_on=last, today=date(2027, 1, 18))

"""Letters of the shipped plan: to whom, when on their own clock, and until when."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.rules.letters.reminders import PlannedLetter, Reader, own_sitting, planned_letters
from exchange.rules.programme.cycles import Sitting, StageDates, sittings_for, stages_for
from exchange.rules.programme.stage_plan import Anchor, LetterRule, StagePlan
from exchange.rules.time.holidays import CityCalendar, is_working_day
from exchange.rules.time.timezones import WallTime, wall_time
from tests.rules.calendars import AUCKLAND, CITIES, LONDON, STOCKHOLM, SYDNEY, WASHINGTON
from tests.rules.plans import shipped_plan


def with_reminders(plan: StagePlan) -> StagePlan:
    """The shipped plan and three more letters, for what the rules do with letters of other plans."""

    def rule(key: str, stage: str, anchor: Anchor, days: int) -> LetterRule:
        return LetterRule(key, key, stage, anchor, days, 0, ("cities",), reminds_of="E3", only_silent=True)

    at = {letter.key: n for n, letter in enumerate(plan.letters)}
    letters = [
        *plan.letters[: at["E4"]],
        rule("E3+7d", "gather", Anchor.STAGE_START, 7),
        plan.letters[at["E4"]],
        rule("E4-4d", "gather_closes", Anchor.STAGE_DUE, -4),
        rule("E4-1d", "gather_closes", Anchor.STAGE_DUE, -1),
        *plan.letters[at["E4"] + 1 :],
    ]
    return replace(plan, letters=tuple(letters))


PLAN = with_reminders(shipped_plan())
C1 = date(2027, 1, 11)


def reader(calendar: CityCalendar, *, has_answered: bool = False) -> Reader:
    return Reader(calendar.city_id, f"Contact in {calendar.city}", (), calendar, has_answered)


def letters_of(
    *readers: Reader,
    start: date = C1,
    stages: tuple[StageDates, ...] | None = None,
    sittings: tuple[Sitting, ...] | None = None,
) -> list[PlannedLetter]:
    """The letters of a cycle in which every reader is in every audience."""
    stages = stages or stages_for(PLAN, start)
    audiences = {audience for rule in PLAN.letters for audience in rule.audience}
    return planned_letters(
        PLAN.letters,
        stages,
        sittings=sittings_for(PLAN, stages) if sittings is None else sittings,
        readers_by_audience=dict.fromkeys(audiences, readers),
    )


def local(at: datetime, calendar: CityCalendar) -> str:
    wall = wall_time(at, calendar.time_zone)
    return f"{wall.on:%a %d %b} {wall.at:%H:%M}"


def due(letters: list[PlannedLetter]) -> dict[str, str]:
    return {letter.key: local(letter.due_at, letter.reader.calendar) for letter in letters}


def test_letters_of_the_first_cycle_of_2027_in_london() -> None:
    assert due(letters_of(reader(LONDON))) == {
        "E0": "Mon 21 Dec 09:00",
        "E1": "Mon 11 Jan 09:00",
        "E2": "Mon 18 Jan 09:00",
        "E2-2d": "Tue 19 Jan 09:00",
        "E2-2h": "Thu 21 Jan 12:00",
        "E3": "Mon 25 Jan 09:00",
        "E3-groups": "Mon 25 Jan 09:00",
        "E3+7d": "Mon 01 Feb 09:00",  # and E4-4d, on the same morning, is left out
        "E4": "Mon 01 Feb 09:00",
        "E4-1d": "Thu 04 Feb 09:00",
        "E5": "Mon 08 Feb 09:00",
        "E5-1d": "Wed 10 Feb 09:00",
        "E5-1h": "Thu 11 Feb 13:00",
        "E6": "Thu 11 Feb 17:30",
        "E7": "Mon 15 Feb 09:00",
        "E8": "Mon 22 Feb 09:00",
        "E8-2d": "Wed 24 Feb 09:00",
        "E9": "Thu 04 Mar 09:00",
        "E9-new": "Thu 04 Mar 09:00",  # kept for who was told of another version
    }


def test_ask_on_a_holiday_waits_for_the_next_working_day() -> None:
    """18 January 2027 is Martin Luther King Day, 15 February Washington's Birthday."""
    found = due(letters_of(reader(WASHINGTON)))
    assert found["E2"] == "Tue 19 Jan 09:00"
    assert found["E7"] == "Tue 16 Feb 09:00"


def test_reminder_before_something_rolls_back_over_a_weekend_and_holidays() -> None:
    """Auckland's Anniversary Day is Mon 1 Feb 2027: four days before Fri 5 Feb."""
    letters = letters_of(reader(AUCKLAND))
    assert due(letters)["E4-4d"] == "Fri 29 Jan 09:00"


def test_reminder_that_rolls_back_onto_its_own_letter_is_left_out() -> None:
    """On C1 Washington's E2 waits until Tue 19 Jan, the day of its reminder."""
    letters = due(letters_of(reader(WASHINGTON)))
    assert letters["E2"] == "Tue 19 Jan 09:00"
    assert "E2-2d" not in letters
    assert "E2-2h" in letters


def test_hour_letters_keep_to_the_readers_daytime() -> None:
    """A scoping call at 14:00 in London is at 03:00 in Auckland."""
    found = due(letters_of(reader(AUCKLAND)))
    assert "E2-2h" not in found
    assert found["E5-1h"] == "Thu 11 Feb 20:00"


def test_thanks_after_a_late_session_wait_for_the_morning() -> None:
    letters = letters_of(reader(AUCKLAND))
    thanks = next(letter for letter in letters if letter.key == "E6")
    assert local(thanks.due_at, AUCKLAND) == "Fri 12 Feb 09:00"
    assert local(thanks.useless_after, AUCKLAND) == "Thu 18 Feb 22:30"


@pytest.mark.parametrize(
    ("key", "until"),
    [
        ("E0", "Mon 11 Jan 00:00"),  # the stage's last day is over
        ("E1", "Mon 18 Jan 00:00"),
        ("E2-2d", "Thu 21 Jan 15:00"),  # the call has begun
        ("E3+7d", "Mon 08 Feb 00:00"),  # planned past its stage: a week
        ("E4-1d", "Sat 06 Feb 00:00"),  # the due day is over
        ("E5-1h", "Thu 11 Feb 15:00"),
        ("E6", "Thu 18 Feb 16:30"),  # a week after the end
    ],
)
def test_letter_is_useless_once_its_moment_has_passed(key: str, until: str) -> None:
    letters = {letter.key: letter for letter in letters_of(reader(STOCKHOLM))}
    assert local(letters[key].useless_after, STOCKHOLM) == until


def test_letter_says_why_in_the_readers_own_time() -> None:
    letters = {letter.key: letter.why.text for letter in letters_of(reader(AUCKLAND))}
    assert letters["E1"] == "Launch begins on Mon 11 Jan 2027."
    assert letters["E4-1d"] == "Gather closes: due on Fri 5 Feb 2027."
    assert letters["E5-1d"] == "Live session is on Thu 11 Feb 2027 at 21:00 in Auckland."


def test_reader_who_has_answered_is_not_chased() -> None:
    keys = set(due(letters_of(reader(LONDON, has_answered=True))))
    assert {"E3", "E4", "E5"} <= keys
    assert not {"E3+7d", "E4-4d", "E4-1d"} & keys


def test_reader_in_two_audiences_gets_one_letter() -> None:
    london = reader(LONDON)
    letters = planned_letters(
        PLAN.letters,
        stages_for(PLAN, C1),
        sittings=(),
        readers_by_audience={"cities": [london, london], "experts": [london]},
    )
    assert [letter.key for letter in letters].count("E1") == 1


def test_audience_that_is_empty_gets_nothing() -> None:
    letters = planned_letters(
        PLAN.letters,
        stages_for(PLAN, C1),
        sittings=(),
        readers_by_audience={"board": [reader(LONDON)]},
    )
    assert [letter.key for letter in letters] == ["E0"]


def test_letters_about_a_meeting_without_a_time_are_left_out() -> None:
    keys = set(due(letters_of(reader(LONDON), sittings=())))
    assert not {"E2-2d", "E2-2h", "E5-1d", "E5-1h", "E6"} & keys
    assert {"E2", "E5"} <= keys


def test_stage_that_is_not_given_is_silent() -> None:
    stages = tuple(stage for stage in stages_for(PLAN, C1) if stage.key != "gather_closes")
    assert not {"E4", "E4-4d", "E4-1d"} & set(due(letters_of(reader(LONDON), stages=stages)))


def test_once_key_of_a_moved_stage_stays_the_same_but_for_reminders() -> None:
    """A session moved by two weeks whose reminder had gone out had none on its new date."""
    before = letters_of(reader(LONDON), reader(STOCKHOLM))
    after = letters_of(reader(LONDON), reader(STOCKHOLM), start=C1 + timedelta(weeks=2))
    stay = {letter.once_suffix for letter in before} & {letter.once_suffix for letter in after}
    assert stay == {letter.once_suffix for letter in before if not letter.rule.reminds_of}
    assert "E5:2" in stay
    assert {"E5-1h:2@20270211T1400.Europe/London", "E8-2d:1@20270226"} <= {
        letter.once_suffix for letter in before
    }


@pytest.mark.parametrize(
    ("calendar", "on", "at"),
    [
        (STOCKHOLM, date(2027, 2, 11), time(14)),
        (WASHINGTON, date(2027, 2, 11), time(14)),
        (AUCKLAND, date(2027, 2, 11), time(8)),  # 21:00 there
        (AUCKLAND, date(2027, 6, 3), time(8)),  # 19:00 there
        (SYDNEY, date(2027, 4, 8), time(8)),
    ],
)
def test_story_24_each_city_has_the_sitting_that_suits_it(calendar: CityCalendar, on: date, at: time) -> None:
    sittings = [
        Sitting("exchange", "Live session", WallTime(on, hour, "Europe/London"), 90)
        for hour in (time(14), time(8))
    ]
    found = own_sitting(calendar, sittings)
    assert found is not None
    assert found.wall.at == at


def test_wall_time_that_new_zone_rules_took_away_does_not_stop_the_letters() -> None:
    stages = stages_for(PLAN, date(2027, 2, 22))
    gap = WallTime(date(2027, 3, 28), time(2, 30), "Europe/Stockholm")
    letters = letters_of(
        reader(STOCKHOLM), stages=stages, sittings=(Sitting("exchange", "Session", gap, 90),)
    )
    day_before = next(letter for letter in letters if letter.key == "E5-1d")
    assert local(day_before.useless_after, STOCKHOLM) == "Sun 28 Mar 03:30"


def test_send_time_of_the_plan_is_kept() -> None:
    letters = planned_letters(
        PLAN.letters,
        stages_for(PLAN, C1),
        sittings=(),
        readers_by_audience={"board": [reader(LONDON)]},
        send_at=time(10, 30),
    )
    assert due(letters) == {"E0": "Mon 21 Dec 10:30"}


mondays = st.integers(0, 250).map(lambda weeks: date(2026, 1, 5) + timedelta(weeks=weeks))


@settings(max_examples=40, deadline=None)
@given(mondays, st.permutations(CITIES))
def test_day_letters_go_at_nine_of_a_working_day_and_while_they_are_of_use(
    start: date, cities: list[CityCalendar]
) -> None:
    letters = letters_of(*[reader(city) for city in cities], start=start)
    for letter in letters:
        calendar = letter.reader.calendar
        wall = wall_time(letter.due_at, calendar.time_zone)
        assert letter.due_at < letter.useless_after
        if letter.rule.hours < 0:
            assert time(7) <= wall.at <= time(21)
            continue
        assert is_working_day(calendar, wall.on)
        assert wall.at == time(9) or letter.rule.hours > 0
    suffixes = [letter.once_suffix for letter in letters]
    assert len(suffixes) == len(set(suffixes))


@settings(max_examples=20, deadline=None)
@given(mondays, st.permutations(CITIES))
def test_order_does_not_depend_on_the_order_of_readers(start: date, cities: list[CityCalendar]) -> None:
    readers = [reader(city) for city in cities]
    by_id = sorted(readers, key=lambda one: one.person_id)
    assert letters_of(*readers, start=start) == letters_of(*by_id, start=start)


def test_reader_may_live_in_a_city_without_quiet_periods_or_with() -> None:
    """A quiet period silences no letter: E0 of C1 falls on 21 December."""
    calm = replace(LONDON, quiet=())
    assert due(letters_of(reader(calm))) == due(letters_of(reader(LONDON)))

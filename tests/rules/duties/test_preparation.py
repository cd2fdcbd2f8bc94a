"""What the preparation of an event owes, to the day: the worked examples, moves, changes of clocks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import ConfigurationError, InvalidInput
from exchange.models import TrainingKind
from exchange.rules.duties.duty import Owner, Role, State, state
from exchange.rules.duties.preparation import (
    Decision,
    PreparedEvent,
    counted_day,
    day_of,
    duties_of,
    moved_offset,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import Profile, Side, read_profiles
from exchange.rules.time.holidays import CityCalendar, is_working_day
from exchange.settings import CONFIG, read_toml
from tests.rules.calendars import CITIES, LONDON, STOCKHOLM, WASHINGTON

DOCUMENT = read_toml(CONFIG / "training.toml")
PROFILES = read_profiles(DOCUMENT, list(TrainingKind))
TABLE_TOP = PROFILES.of_kind("table-top")
CONFERENCE = PROFILES.of_kind("conference")
TEAM = [LONDON, STOCKHOLM, WASHINGTON]


def an_event(on: date, *, days: int = 1, time_zone: str = "Europe/London") -> PreparedEvent:
    last_on = on + timedelta(days=days - 1)
    return PreparedEvent(12, "Drone over a stadium", on, last_on, time_zone, LONDON.city_id, Marking.GREEN)


def days(event: PreparedEvent, profile: Profile, calendars: list[CityCalendar]) -> dict[str, str]:
    return {
        duty.key.split(":")[-1]: duty.due_on.isoformat() for duty in duties_of(event, profile, {}, calendars)
    }


def test_story_10_a_table_top_on_3_june_2027_to_the_day() -> None:
    """The worked example: twelve weeks, counted back; the draft report moves from a Saturday."""
    event = an_event(date(2027, 6, 3))
    assert days(event, TABLE_TOP, TEAM) == {
        "co": "2027-03-11",
        "ipm": "2027-03-25",
        "mpm": "2027-04-22",
        "fpm": "2027-05-13",
        "read-ahead": "2027-05-27",
        "hot-wash": "2027-06-03",
        "feedback": "2027-06-10",
        "draft-aar": "2027-07-02",
        "aam": "2027-07-08",
        "final-aar": "2027-08-02",
        "review": "2027-09-01",
    }
    draft = TABLE_TOP.milestone("draft-aar")
    assert draft is not None
    assert counted_day(draft, event) == date(2027, 7, 3)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (
            # Washington's clocks change on 14 March, Europe's on 28 March; 18 June is free in Washington
            date(2027, 5, 20),
            "2026-11-19 2026-12-03 2027-02-18 2027-03-25 2027-04-15 2027-05-05 2027-05-20"
            " 2027-05-27 2027-06-17 2027-06-24 2027-07-19 2027-08-18",
        ),
        (
            date(2027, 12, 2),  # and back on 7 November and 31 October
            "2027-06-03 2027-06-17 2027-09-02 2027-10-07 2027-10-28 2027-11-18 2027-12-02"
            " 2027-12-09 2027-12-30 2028-01-05 2028-01-31 2028-03-01",
        ),
        (
            date(2027, 4, 8),  # back in the autumn before, on 25 October and 1 November, and forward in March
            "2026-10-08 2026-10-22 2027-01-07 2027-02-11 2027-03-04 2027-03-25 2027-04-08"
            " 2027-04-15 2027-05-07 2027-05-13 2027-06-07 2027-07-07",
        ),
    ],
)
def test_twenty_six_weeks_across_either_change_of_clocks_to_the_day(on: date, expected: str) -> None:
    assert list(days(an_event(on), CONFERENCE, TEAM).values()) == expected.split()


def test_story_12_what_is_due_before_the_event_was_made_is_late_and_not_refused() -> None:
    event, now = an_event(date(2027, 3, 11)), datetime(2026, 11, 21, 12, tzinfo=UTC)
    states = {
        duty.key.split(":")[-1]: (duty.due_on, state(duty, now))
        for duty in duties_of(event, CONFERENCE, {}, [LONDON])
    }
    assert states["co"] == (date(2026, 9, 10), State.LATE)
    assert states["ipm"] == (date(2026, 9, 24), State.LATE)
    assert states["mpm"] == (date(2026, 12, 10), State.OPEN)
    assert states["review"][1] is State.LATER


def test_story_11_what_is_done_keeps_its_day_when_the_event_moves_and_the_rest_moves_along() -> None:
    event, done_at = an_event(date(2027, 6, 3)), datetime(2027, 3, 25, 15, tzinfo=UTC)
    decisions = {
        "ipm": Decision(done_at=done_at, kept_on=date(2027, 3, 25), evidence="https://example.org/1")
    }
    later = replace(event, first_on=date(2027, 6, 17), last_on=date(2027, 6, 17))
    before = {duty.key: duty.due_on for duty in duties_of(event, TABLE_TOP, decisions, TEAM)}
    after = {duty.key: duty.due_on for duty in duties_of(later, TABLE_TOP, decisions, TEAM)}
    assert after["training:12:ipm"] == before["training:12:ipm"] == date(2027, 3, 25)
    assert after["training:12:mpm"] == date(2027, 5, 5)  # two weeks on is Ascension Day in Stockholm
    assert after["training:12:fpm"] == date(2027, 5, 27)
    assert [key for key in before if before[key] == after[key]] == ["training:12:ipm"]


def test_what_comes_after_a_conference_of_three_days_is_counted_from_its_last() -> None:
    found = days(an_event(date(2027, 3, 9), days=3), CONFERENCE, [LONDON])
    assert (found["fpm"], found["hot-wash"], found["feedback"]) == ("2027-02-02", "2027-03-11", "2027-03-18")


def test_the_hot_wash_stays_on_the_day_of_an_event_at_a_weekend() -> None:
    assert days(an_event(date(2027, 6, 5)), TABLE_TOP, [LONDON])["hot-wash"] == "2027-06-05"


def test_a_milestone_is_owed_by_the_lead_of_the_host_city_or_by_whom_it_was_given_to() -> None:
    given = {"fpm": Decision(owner=Owner(Role.PERSON, 7)), "co": Decision(waived_reason="Part of the next.")}
    found = {one.key: one for one in duties_of(an_event(date(2027, 6, 3)), TABLE_TOP, given, TEAM)}
    assert found["training:12:ipm"].owner == Owner(Role.CITY_LEAD, LONDON.city_id)
    assert found["training:12:fpm"].owner == Owner(Role.PERSON, 7)
    assert state(found["training:12:co"], datetime(2028, 1, 1, tzinfo=UTC)) is State.VOID


def test_of_an_event_called_off_nothing_is_owed_and_what_was_done_stays_done() -> None:
    event = replace(an_event(date(2027, 6, 3)), void_reason="The event is cancelled.")
    done = Decision(done_at=datetime(2027, 3, 11, tzinfo=UTC), kept_on=date(2027, 3, 11))
    now = datetime(2027, 6, 1, tzinfo=UTC)
    states = [state(one, now) for one in duties_of(event, TABLE_TOP, {"co": done}, TEAM)]
    assert states == [State.DONE] + [State.VOID] * 10


@given(
    on=st.dates(date(2026, 6, 1), date(2029, 6, 1)),
    length=st.integers(1, 5),
    cities=st.lists(st.sampled_from(CITIES), min_size=1, max_size=4, unique_by=lambda city: city.city_id),
    profile=st.sampled_from([TABLE_TOP, CONFERENCE, PROFILES.of_kind("webinar")]),
)
def test_every_milestone_is_on_its_side_of_the_event_and_a_working_day_or_the_events_own(
    on: date, length: int, cities: list[CityCalendar], profile: Profile
) -> None:
    event = an_event(on, days=length)
    for milestone in profile.milestones:
        day = day_of(milestone, event, cities)
        assert day < event.first_on if milestone.phase is Side.BEFORE else day >= event.last_on
        assert day == event.last_on or all(is_working_day(one, day) for one in cities)
        assert day <= counted_day(milestone, event)


def refused(key: str, on: date, *, reason: str = "") -> tuple[str | None, str]:
    milestone = TABLE_TOP.milestone(key)
    assert milestone is not None
    with pytest.raises(InvalidInput) as found:
        moved_offset(milestone, an_event(date(2027, 6, 3)), on, TEAM, reason=reason)
    return found.value.field, str(found.value)


def test_a_meeting_before_the_event_is_not_moved_behind_it() -> None:
    field, said = refused("fpm", date(2027, 6, 10))
    assert field == "on"
    assert said.startswith("Final planning meeting comes before the event on 2027-06-03")


def test_what_comes_after_the_event_is_not_moved_before_it() -> None:
    assert "choose a day from 2027-06-03" in refused("draft-aar", date(2027, 6, 2))[1]


def test_a_free_day_is_refused_with_the_last_working_day_before() -> None:
    assert refused("mpm", date(2027, 5, 3)) == (
        "on",
        "2027-05-03 is no working day in London. The last one before is 2027-04-30.",
    )


def test_a_quiet_week_needs_a_reason() -> None:
    field, said = refused("aam", date(2027, 7, 15))
    assert field == "reason"
    assert "in the quiet period Summer of Stockholm" in said
    aam = TABLE_TOP.milestone("aam")
    assert aam is not None
    event = an_event(date(2027, 6, 3))
    assert moved_offset(aam, event, date(2027, 7, 15), TEAM, reason="All are there.") == 42


def test_a_day_a_year_and_more_away_is_a_slip_of_the_keyboard() -> None:
    assert refused("review", date(2029, 9, 3))[1] == "2029-09-03 is more than a year from the event."


@given(on=st.dates(date(2027, 1, 4), date(2027, 6, 2)))
def test_a_milestone_that_was_moved_to_a_working_day_is_due_on_it(on: date) -> None:
    milestone, event = TABLE_TOP.milestones[1], an_event(date(2027, 6, 3))
    if all(is_working_day(one, on) for one in TEAM):
        offset = moved_offset(milestone, event, on, TEAM, reason="Agreed.")
        assert day_of(milestone, event, TEAM, Decision(moved_days=offset)) == on


def test_a_milestone_of_the_file_on_the_wrong_side_of_the_event_is_refused() -> None:
    document = read_toml(CONFIG / "training.toml")
    document["profiles"][0]["milestones"][3]["days"] = 21  # type: ignore[index]  # a document of our own
    with pytest.raises(ConfigurationError, match=r"profiles\[1\].milestones\[4\].days.* from -400 to -1"):
        read_profiles(document, list(TrainingKind))


def test_a_kind_of_event_that_stands_nowhere_or_twice_is_refused() -> None:
    document = read_toml(CONFIG / "training.toml")
    document["profiles"][2]["kinds"] = ["webinar", "table-top"]  # type: ignore[index]  # as above
    with pytest.raises(ConfigurationError, match="table-top stands in 2 profiles"):
        read_profiles(document, list(TrainingKind))
    with pytest.raises(ConfigurationError, match="picnic stands in 0 profiles"):
        read_profiles(DOCUMENT, [*TrainingKind, "picnic"])


def test_milestones_stand_in_the_order_of_their_days() -> None:
    document = read_toml(CONFIG / "training.toml")
    document["profiles"][0]["milestones"].reverse()  # type: ignore[index]  # as above
    with pytest.raises(ConfigurationError, match="in the order of their days"):
        read_profiles(document, list(TrainingKind))

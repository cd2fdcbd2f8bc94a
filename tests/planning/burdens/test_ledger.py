"""The ledger: what a meeting costs each city by the hour on its wall, also where clocks have just changed."""

from datetime import UTC, datetime, time

from exchange.planner.problem.hour_burdens import Band
from exchange.planner.problem.problem import Burden
from exchange.planning.burdens.ledger import (
    Ledger,
    Meeting,
    in_band,
    ledger_of,
    points_by_city,
    points_of,
)
from exchange.rules.time.holidays import CityCalendar

NOW = datetime(2027, 6, 1, tzinfo=UTC)


def city(number: int, name: str, zone: str) -> CityCalendar:
    return CityCalendar(number, name, zone, "GB", "ENG", ("public",), time(9), time(17), ())


LONDON, STOCKHOLM, SYDNEY = (
    city(1, "London", "Europe/London"),
    city(2, "Stockholm", "Europe/Stockholm"),
    city(3, "Sydney", "Australia/Sydney"),
)
ALL = [LONDON, STOCKHOLM, SYDNEY]


def meeting(at: datetime, minutes: int = 90, **more: object) -> Meeting:
    values: dict[str, object] = {"key": f"training:{at:%m%d%H}", "kind": "training", "title": "Drill"}
    return Meeting(**(values | {"sittings": (at,), "minutes": minutes} | more))  # type: ignore[arg-type]


def test_worst_hour_that_a_meeting_touches_is_what_it_costs() -> None:
    at = datetime(2027, 2, 2, 15, 0, tzinfo=UTC)  # 16:00 in Stockholm, ends at 17:30; 02:00 in Sydney
    assert points_by_city([meeting(at)], ALL, Burden()) == {1: 0, 2: 1, 3: 4}


def test_weeks_in_which_only_one_side_has_changed_its_clocks_count_as_the_walls_show() -> None:
    """15 March: London is on GMT and Sydney on summer time; 5 April: the other way round."""
    before = datetime(2027, 3, 15, 20, tzinfo=UTC)  # 20:00 in London, 07:00 in Sydney
    after = datetime(2027, 4, 5, 20, tzinfo=UTC)  # 21:00 in London, 06:00 in Sydney
    assert points_by_city([meeting(before)], [LONDON, SYDNEY], Burden()) == {1: 4, 3: 1}
    assert points_by_city([meeting(before, 60)], [LONDON, SYDNEY], Burden()) == {1: 1, 3: 1}
    assert points_by_city([meeting(after, 60)], [LONDON, SYDNEY], Burden()) == {1: 4, 3: 4}


def test_city_attends_the_sitting_that_costs_it_least() -> None:
    two = meeting(
        datetime(2027, 2, 2, 9, tzinfo=UTC),
        sittings=(datetime(2027, 2, 2, 9, tzinfo=UTC), datetime(2027, 2, 2, 22, tzinfo=UTC)),
    )
    assert points_by_city([two], ALL, Burden()) == {1: 0, 2: 0, 3: 0}


def test_minutes_can_be_weighed_instead() -> None:
    at = datetime(2027, 2, 2, 16, 0, tzinfo=UTC)
    assert points_by_city([meeting(at)], [LONDON], Burden(per="minute")) == {1: 30}


def test_accounts_tell_what_is_borne_from_what_is_to_come_and_from_drafts() -> None:
    night = meeting(datetime(2027, 2, 2, 3, tzinfo=UTC))
    ahead = meeting(datetime(2027, 9, 7, 18, tzinfo=UTC), city_ids=frozenset({1}))
    draft = meeting(datetime(2027, 10, 5, 3, tzinfo=UTC), is_draft=True)
    past_draft = meeting(datetime(2027, 1, 5, 3, tzinfo=UTC), is_draft=True)
    found = ledger_of([draft, ahead, night, past_draft], [LONDON, STOCKHOLM], Burden(), NOW)
    london, stockholm = found.accounts
    assert [points_of(part) for part in (london.borne, london.ahead, london.drafts)] == [4, 1, 8]
    assert (london.total, stockholm.total, found.mean, found.worst) == (13, 12, 12.5, 13)
    assert in_band(london.costs, Band.NIGHT) == 3
    assert Ledger(()).mean == 0


def test_those_present_live_by_the_clock_of_the_place_and_others_by_their_own() -> None:
    """Sydney's people who had travelled to London were counted a night for an afternoon there."""
    at = datetime(2027, 2, 2, 10, tzinfo=UTC)  # 21:00 in Sydney
    place = {"host_id": 1, "place_zone": "Europe/London"}
    in_person = meeting(at, **place, is_in_person=True)
    assert points_by_city([in_person], ALL, Burden()) == {1: 0, 2: 0, 3: 0}
    hybrid = meeting(at, **place)
    assert points_by_city([hybrid], ALL, Burden()) == {1: 0, 2: 0, 3: 4}


def test_a_host_away_from_home_lives_by_the_clock_of_its_place() -> None:
    at = datetime(2027, 2, 2, 10, tzinfo=UTC)
    away = meeting(at, host_id=3, place_zone="Europe/London")
    assert points_by_city([away], ALL, Burden()) == {1: 0, 2: 0, 3: 0}

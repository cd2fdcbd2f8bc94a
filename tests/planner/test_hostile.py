"""Problems on the edge: changing clocks, ends of the earth, no common hour, a quiet month, nothing open."""

from datetime import date, timedelta

import pytest

from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Status
from exchange.planner.solve import solve
from tests.planner.direct_model import best_of
from tests.planner.explain.test_conflict import check_conflict_of
from tests.planner.small_problems import small
from tests.planner.test_optimum import check_plan_of

FAR = {
    "Auckland": ("Pacific/Auckland", "NZ", "AUK"),
    "Honolulu": ("Pacific/Honolulu", "US", "HI"),
    "London": ("Europe/London", "GB", "ENG"),
    "Washington": ("America/New_York", "US", "DC"),
    "Stockholm": ("Europe/Stockholm", "SE", ""),
    "Kiritimati": ("Pacific/Kiritimati", "", ""),
    "Pago Pago": ("Pacific/Pago_Pago", "", ""),
    "Lord Howe": ("Australia/Lord_Howe", "AU", "NSW"),
    "Cairo": ("Africa/Cairo", "EG", ""),
    "Casablanca": ("Africa/Casablanca", "MA", ""),
    "Jakarta": ("Asia/Jakarta", "ID", ""),
}
RAMADAN = [["2027-02-08", "2027-03-09"]]  # of 1448
NIGHTLY = {"core": ["00:00", "02:00"], "shoulder": ["00:00", "03:30"]}
SPRING, AUTUMN = "2027-02-15", "2027-10-04"  # eight weeks over each change of clocks


def place(name: str, **changes: object) -> dict:
    zone, country, subdivision = FAR[name]
    holidays = {"country": country, "subdivision": subdivision} if country else {}
    return {"id": name, "time_zone": zone, "holidays": holidays, "lead": False} | changes


def led(*names: str, **changes: object) -> list[dict]:
    """The first city leads, the others take part."""
    return [place(name, **changes, lead=n == 0) for n, name in enumerate(names)]


HOSTILE: dict[str, dict] = {
    "clocks change in spring": {
        "start_on": SPRING,
        "cities": [*led("London", "Washington", "Lord Howe"), place("Stockholm", lead=True)],
        "step_minutes": 30,
    },
    "clocks change in autumn": {
        "start_on": AUTUMN,
        "cities": [*led("Washington", "London", "Auckland"), place("Stockholm", lead=True)],
        "step_minutes": 30,
    },
    "minutes of hours that come twice": {
        "start_on": AUTUMN,
        "cities": led("London", "Washington", weekend=[]),
        "trainings": None,
        "cycles": {"session_weeks": [4, 5], "session_minutes": 240},
        "burden": {"per": "minute"},
        "step_minutes": 30,
    },
    "cities half a world apart": {"cities": led("Auckland", "Honolulu", "London", "Washington")},
    "dates that are two days apart": {"cities": led("Kiritimati", "Pago Pago"), "cycles": {"sittings": 2}},
    "no hour that is not night for somebody": {
        "cities": [
            place(name, lead=name == "London", core=["09:00", "12:00"], shoulder=["09:00", "12:00"])
            for name in ("London", "Auckland", "Washington")
        ],
    },
    "quiet over Ramadan": {
        "start_on": "2027-01-04",
        "weeks": 13,
        "cities": [
            *led("London", "Casablanca"),
            place("Cairo", required=True, quiet=RAMADAN),
            place("Jakarta", quiet=RAMADAN),
        ],
        "trainings": {"minutes": [120], "hosts": ["London", "Cairo"], "gap_days": [28, 45], "count": 2},
    },
    "weekends of Friday and Saturday beside those of Sunday alone": {
        "cities": [place("Cairo", lead=True), place("London", lead=True, weekend=[6])],
    },
    "no day that is worked in both": {
        "cities": [
            place("Cairo", lead=True, weekend=[4, 5, 6]),
            place("London", lead=True, weekend=[0, 1, 2, 3]),
        ],
    },
    "only the Sunday on which clocks change is left, and its night is core": {
        "start_on": "2027-03-01",
        "cities": [
            place("Washington", lead=True, weekend=[], **NIGHTLY),
            place("Stockholm", weekend=[], holidays={}, **NIGHTLY),
        ],
        "trainings": None,
        "cycles": {"session_weeks": [2]},
        "forbidden_on": [["2027-03-08", "2027-03-13"]],  # Sunday, 14 March is left
        "step_minutes": 30,
    },
    "every week but one blocked": {
        "cities": led("London", "Washington"),
        "trainings": None,
        "forbidden_on": [["2027-01-04", "2027-02-07"], ["2027-02-10", "2027-03-07"]],
    },
}


IMPOSSIBLE = {"no day that is worked in both"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_problems_are_planned_as_well_as_can_be(name: str) -> None:
    hosts = [each["id"] for each in HOSTILE[name]["cities"]][:2]
    usual = {"weeks": 8, "trainings": {"minutes": [120], "count": 2, "hosts": hosts}}
    problem = problem_from(small(**(usual | HOSTILE[name])))
    best = best_of(document_of(problem))
    assert (best is None) is (name in IMPOSSIBLE)
    check_plan_of(problem, best)


@pytest.mark.parametrize(
    "changes",
    [
        {"forbidden_on": [["2027-01-04", "2027-03-07"]]},
        {"cities": led("London", "Washington", quiet=[["2027-01-05", "2027-03-06"]])},
        {"cities": led("Auckland", "Honolulu", busy=[["2027-01-01T00:00Z", "2027-03-09T00:00Z"]])},
    ],
    ids=["forbidden", "quiet", "busy"],
)
def test_when_every_week_is_blocked_the_rules_that_block_are_named(changes: dict) -> None:
    usual = {"cities": led("London", "Washington"), "trainings": None}
    problem = problem_from(small(**(usual | changes)))
    assert best_of(document_of(problem)) is None
    groups = check_conflict_of(problem)
    assert set(groups) & {"forbidden", "quiet", "busy"}
    plan = solve(problem)
    assert plan.status is Status.INFEASIBLE
    assert plan.repairs


def test_the_weeks_of_five_hours_keep_the_hours_on_each_wall() -> None:
    """14 to 28 March, 31 October to 7 November 2027: what is core for all stays so, an hour off in UTC."""
    for start_on, wanted in ((SPRING, {14, 13}), (AUTUMN, {13, 14})):
        cycles = {"weeks": 1, "cadence_weeks": 1, "session_weeks": [1]}
        cities = led("London", "Washington", "Stockholm")
        plan = solve(
            problem_from(small(start_on=start_on, weeks=8, cities=cities, cycles=cycles, trainings=None))
        )
        assert sum(each.burden for each in plan.burden.values()) == 0
        hours = {entry.starts_at.date(): entry.starts_at.hour for entry in plan.entries}
        assert set(hours.values()) == wanted
        changed = [on for on in hours if date(2027, 3, 14) <= on < date(2027, 3, 28)]
        assert all(hours[on] == 13 for on in changed)
        assert all(
            (entry.local["London"] - entry.local["Washington"]) in (timedelta(hours=4), timedelta(hours=5))
            for entry in plan.entries
        )

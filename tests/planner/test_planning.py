"""Planning: what is held stays, the fewest entries move, conflicts are minimal, answers name blockers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange.planner.explain.conflict import explain_conflict, is_possible
from exchange.planner.explain.conflict_words import members_of
from exchange.planner.files.plan_file import plan_document, plan_from
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.model.assignment import assignment_from
from exchange.planner.model.candidates import Candidates
from exchange.planner.plan import Entry, Plan, Status
from exchange.planner.problem.problem import ExistingEntry, Pin, Problem
from exchange.planner.search.search_progress import Progress, ProgressReport
from exchange.planner.solve import answer_why_not, solve
from tests.planner import instances
from tests.planner.check_plan import broken_rules
from tests.planner.small_problems import city, small


def checked(problem: Problem) -> Plan:
    """The plan of a problem, which has one, looked at by the independent checker."""
    plan = solve(problem)
    assert broken_rules(document_of(problem), plan_document(plan)) == []
    return plan


def entry_of(plan: Plan, name: str) -> Entry:
    return next(entry for entry in plan.entries if entry.name == name)


def value(plan: Plan, name: str) -> int:
    return next(each.value for each in plan.objective if each.name == name)


def existing_of(plan: Plan, *, published: tuple[str, ...] = ()) -> tuple[ExistingEntry, ...]:
    return tuple(
        ExistingEntry(e.name, e.kind, e.starts_at, e.cycle, e.host, e.training, e.name in published)
        for e in plan.entries
    )


@pytest.fixture(scope="module")
def problem() -> Problem:
    return problem_from(small(weeks=13, trainings={"minutes": [120, 180]}))


@pytest.mark.parametrize("gap", [[7, 13], [14, 21], [5, 9]])
def test_other_gaps_keep_every_rule_too(gap: list[int]) -> None:
    trainings = {"minutes": [60], "gap_days": gap, "hosts": ["C0", "C1"], "count": 56 // gap[1] + 1}
    checked(problem_from(small(weeks=8, trainings=trainings, cycles=None)))


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    return checked(problem)


def test_every_objective_of_a_small_plan_is_proven(plan: Plan) -> None:
    assert plan.status is Status.OPTIMAL
    assert all(each.is_proven for each in plan.objective)
    assert plan.limit == ""


def test_the_same_problem_gives_the_same_plan(problem: Problem, plan: Plan) -> None:
    again = solve(problem)
    assert replace(again, seconds=0) == replace(plan, seconds=0)


def test_a_plan_with_reasons_comes_back_from_its_document_unchanged(problem: Problem, plan: Plan) -> None:
    assert plan_from(plan_document(plan)) == plan
    assert problem_from(document_of(problem)) == problem
    assert all(entry.reasons for entry in plan.entries)


def test_an_hour_off_the_grid_that_is_pinned_stays(problem: Problem) -> None:
    at = datetime(2027, 2, 3, 14, 20, tzinfo=UTC)
    held = checked(replace(problem, pins=(Pin("session", at.date(), at),)))
    assert at in [entry.starts_at for entry in held.entries]


def test_replanning_moves_only_what_must_move(problem: Problem, plan: Plan) -> None:
    second = next(entry for entry in plan.entries if entry.name == "training-2")
    on = second.starts_at.date().isoformat()
    document = document_of(replace(problem, existing=existing_of(plan), is_replanning=True))
    document["forbidden_on"] = [[on, on]]
    moved = checked(problem_from(document))
    assert [change.name for change in moved.changes if change.is_move] == ["training-2"]
    assert (value(moved, "moves"), moved.objective[-1].bound) == (1, 1)


def test_a_plan_that_stands_is_kept_whole(problem: Problem, plan: Plan) -> None:
    again = checked(replace(problem, existing=existing_of(plan), is_replanning=True))
    assert [change for change in again.changes if change.is_move] == []
    assert [e.starts_at for e in again.entries] == [e.starts_at for e in plan.entries]


def test_a_published_entry_moves_only_when_it_is_unpinned_by_name(problem: Problem, plan: Plan) -> None:
    late = tuple(
        replace(each, starts_at=each.starts_at.replace(hour=18), is_published=True)
        if each.name == "session-1"
        else each
        for each in existing_of(plan)
    )
    stays = checked(replace(problem, existing=late))
    assert next(e for e in stays.entries if e.name == "session-1").starts_at.hour == 18
    free = checked(replace(problem, existing=late, unpinned=("session-1",)))
    assert next(e for e in free.entries if e.name == "session-1").starts_at.hour != 18


def test_past_burden_is_counted_in() -> None:
    cities = [city(0), city(1), city(3)]
    fresh = checked(problem_from(small(cities=cities)))
    tired = checked(problem_from(small(cities=cities, past_burden={"C3": 20})))
    assert value(tired, "worst") >= 20
    assert tired.burden["C3"].burden <= fresh.burden["C3"].burden


def test_an_allowance_on_the_worst_city_never_costs_all_more() -> None:
    cities = [city(n) for n in (0, 1, 2, 3)]
    strict = checked(problem_from(small(weeks=17, cities=cities)))
    loose = checked(problem_from(small(weeks=17, cities=cities, max_allowance=0.5)))
    assert value(loose, "total") <= value(strict, "total")
    assert value(loose, "worst") <= 1.5 * value(strict, "worst")
    totals = [each.total for each in strict.trade]
    assert totals == sorted(totals, reverse=True)


def test_two_sittings_and_events_of_some_cities_are_planned() -> None:
    cities = [city(n) for n in (0, 1, 2, 3)]
    cycles = {"sittings": 2, "takes_part": {"1": ["C0", "C1", "C3"]}}
    kinds = [
        {"name": "training", "minutes": 120},
        {"name": "drill", "minutes": 60, "per_year": 6, "takes_part": ["C0", "C2"]},
    ]
    plan = checked(problem_from(small(cities=cities, cycles=cycles, trainings={"kinds": kinds})))
    session = next(entry for entry in plan.entries if entry.kind == "session")
    assert len(session.sittings) == 2
    assert "C2" not in session.local
    assert {"C0", "C2"} in [set(entry.local) for entry in plan.entries]


def test_the_planner_chooses_the_pauses() -> None:
    document = small(
        weeks=18, trainings=None, cycles={"weeks": 6, "cadence_weeks": 6, "pauses": "choose", "count": 2}
    )
    document["forbidden_on"] = [["2027-02-01", "2027-02-14"]]
    plan = checked(problem_from(document))
    assert [entry.cycle for entry in plan.entries] == [1, 2]


def test_member_does_not_host_on_its_own_holiday() -> None:
    """All days but two are forbidden: Washington hosts, and 15 February 2027 is a holiday there."""
    monday = date(2027, 2, 15)
    spans = [["2027-01-18", "2027-02-14"], ["2027-02-17", "2027-03-21"]]
    trainings = {"minutes": [120], "hosts": ["C2"], "count": 1}
    asked: dict[str, object] = {"start_on": "2027-01-18", "cycles": None, "trainings": trainings}
    problem = problem_from(small(**asked, forbidden_on=spans))
    plan = checked(problem)
    assert [entry.starts_at.date() for entry in plan.entries] == [monday + timedelta(days=1)]
    told = " ".join(each.text for each in answer_why_not(problem, plan, "training-1", monday))
    assert "is Washington's Birthday in New York" in told
    closed = solve(problem_from(small(**asked, forbidden_on=[*spans, "2027-02-16"])))
    assert "holidays: C2" in {each.rule for each in closed.conflict}


def test_clashes_with_members_holidays_are_met_only_when_there_is_no_other_day() -> None:
    """The session's two weeks are forbidden but for 8 February 2027 and a holiday of Washington, the 15th."""
    document = small(trainings=None, cycles={"session_weeks": [7]})
    document["forbidden_on"] = [["2027-02-16", "2027-02-21"]]
    plan = checked(problem_from(document))
    assert [entry.starts_at.date() for entry in plan.entries] == [date(2027, 2, 15)]
    assert (value(plan, "clashes"), plan.objective[0].bound) == (1, 1)
    assert "is Washington's Birthday in New York" in plan.entries[0].notes[0].text


IMPOSSIBLE = {
    "session weeks forbidden": {"forbidden_on": [["2027-02-01", "2027-02-14"], "2027-01-11"]},
    "a hole in the trainings": {"forbidden_on": [["2027-01-20", "2027-03-01"]], "cycles": None},
    "pins too near": {
        "cycles": None,
        "pins": [{"kind": "training", "on": "2027-01-13"}, {"kind": "training", "on": "2027-01-26"}],
    },
    "one host": {"trainings": {"minutes": [120], "hosts": ["C0"]}},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_conflict_is_minimal_and_each_repair_works(name: str) -> None:
    problem = problem_from(small(**IMPOSSIBLE[name]))
    plan = solve(problem)
    assert plan.status is Status.INFEASIBLE
    assert plan.repairs
    every = members_of(problem, is_fine=True)
    assert plan.conflict
    for number in {each.number for each in plan.conflict}:
        named = {each.rule for each in plan.conflict if each.number == number}
        conflict = [member for member in every if member.name in named]
        assert len(conflict) == len(named)
        assert not is_possible(problem, conflict, every)
        for member in conflict:
            rest = [each for each in conflict if each is not member]
            assert is_possible(problem, rest, every), member.name


def test_a_conflict_names_only_the_forbidden_days_that_matter() -> None:
    problem = problem_from(small(**IMPOSSIBLE["session weeks forbidden"]))
    found = explain_conflict(problem, Progress())
    texts = [each.sentence.text for each in found.conflict]
    assert "Nothing is held from Mon 1 Feb 2027 to Sun 14 Feb 2027." in texts
    assert "Each cycle has its session in week 5 or 6." in texts
    assert not any("11 Jan" in text for text in texts)
    assert found.repairs[0].text.startswith("Hold 1 exchanges, and let the planner choose the pauses")
    assert any(each.text.startswith("Give up this: Nothing is held from Mon 1 Feb") for each in found.repairs)


def test_why_not_names_the_blocker(problem: Problem, plan: Plan) -> None:
    def answer(name: str, on: date) -> str:
        return " ".join(sentence.text for sentence in answer_why_not(problem, plan, name, on))

    session = next(entry for entry in plan.entries if entry.name == "session-1")
    training = next(entry for entry in plan.entries if entry.name == "training-1")
    assert "It stands on" in answer("session-1", session.starts_at.date())
    assert "week 5 or 6 of its cycle" in answer("session-1", date(2027, 3, 3))
    assert "same week" in answer("session-1", training.starts_at.date()) or "week 5 or 6" in answer(
        "session-1", training.starts_at.date()
    )
    assert "is a weekend in" in answer("session-1", date(2027, 2, 6))
    assert "is Good Friday in" in answer("training-3", date(2027, 3, 26))
    assert "28 to 35 days" in answer("training-1", date(2027, 3, 31))
    assert "outside the horizon" in answer("training-1", date(2029, 3, 31))


def test_choices_can_be_read_back_from_a_plan(problem: Problem, plan: Plan) -> None:
    assignment = assignment_from(Candidates(problem), plan.entries)
    assert [placement.cell.day for placement in assignment] == [
        (entry.starts_at.date() - problem.start_on).days for entry in plan.entries
    ]


def test_a_search_that_is_stopped_keeps_the_best_so_far(problem: Problem) -> None:
    news: list[ProgressReport] = []
    stopped = solve(problem, Progress(news.append, lambda: bool(news)))
    assert stopped.status is Status.FEASIBLE
    assert "stopped" in stopped.limit
    assert broken_rules(document_of(problem), plan_document(stopped)) == []
    assert news[0].plan is not None


def test_weeks_in_which_clocks_are_out_of_step_are_noted() -> None:
    at = datetime(2027, 3, 17, 14, tzinfo=UTC)
    cities = [city(0), city(1), city(2, lead=True)]
    document = small(weeks=13, cities=cities, cycles=None)
    document["pins"] = [{"kind": "training", "on": "2027-03-17", "starts_at": at.isoformat()}]
    plan = checked(problem_from(document))
    entry = next(entry for entry in plan.entries if entry.starts_at == at)
    assert any("5-hour week" in note.text for note in entry.notes)
    assert entry.local["C2"] - entry.local["C0"] == timedelta(hours=-5)


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.2, 0.5])
def test_time_that_is_too_short_ends_the_search_and_nothing_else(seconds: float) -> None:
    """Wherever the end comes: what is told is a whole plan, or that there was no time for one."""
    problem = problem_from(instances.document(15, 52))
    plan = solve(problem, Progress(seconds_most=seconds))
    assert "seconds" in plan.limit
    assert "stopped" not in plan.limit  # nobody did
    assert broken_rules(document_of(problem), plan_document(plan)) == []
    assert all(each.bound is None or each.bound >= 0 for each in plan.objective)

"""A search whose incumbent is none of the model's plans: it has clashes, and they have none."""

from exchange.planner.files.problem_file import problem_from
from exchange.planner.model.candidates import Candidates
from exchange.planner.model.interchangeable_days import DayClasses
from exchange.planner.model.mip_builder import build_model
from exchange.planner.model.mip_columns import Model
from exchange.planner.search.highs_solver import Limits, Solver
from exchange.planner.search.lexicographic_search import _settle_hours
from exchange.planner.search.leximin import settle_places
from exchange.planner.search.search_progress import Progress
from exchange.planner.search.search_state import SearchState
from tests.planner.small_problems import city, small

BUSY = ["2027-04-28T04:00:00Z", "2027-04-28T21:00:00Z"]


def _model(candidates: Candidates, *, is_clash_free: bool) -> Model:
    return build_model(DayClasses(candidates, is_clash_free=is_clash_free))


def _stopped_with_clashes(fairness: str = "worst") -> SearchState:
    """A session by night, or by day on London's May Day; the incumbent is by day, and no search goes on."""
    cities = [city(0, acceptable=["08:00", "21:00"]), city(1, lead=False, busy=[BUSY]), city(2), city(3)]
    forbidden = [("2027-04-26", "2027-04-27"), ("2027-04-29", "2027-05-02"), ("2027-05-04", "2027-05-09")]
    document = small(
        17,
        start_on="2027-03-29",
        cities=cities,
        trainings={"minutes": [120], "hosts": ["C0", "C1"]},
        forbidden_on=[{"from_on": a, "to_on": b, "kind": "session"} for a, b in forbidden],
        fairness=fairness,
    )
    candidates = Candidates(problem_from(document))
    free = SearchState(candidates, Progress())
    free.solve(_model(candidates, is_clash_free=False), "outside", free.limits("outside", 1000))
    assert free.incumbent is not None
    assert free.incumbent_value("clashes")
    assert free.incumbent_value("outside") == 0
    return SearchState(
        candidates, Progress(is_stopped=lambda: True), incumbent=free.incumbent, is_clash_free=True
    )


def test_acceptable_hours_are_not_settled_by_a_plan_with_clashes() -> None:
    """Plans without a clash were held to the hours of one with, which none of them has."""
    state = _stopped_with_clashes()
    model = _model(state.candidates, is_clash_free=True)
    upper = list(model.mip.upper)
    assert _settle_hours(state, model)
    assert state.limits_met
    assert state.incumbent_value("clashes")
    assert model.mip.upper == upper
    found = Solver(model.mip, is_integer=True, seed=7).minimise(model.costs("outside"), Limits())
    assert found.objective == 1
    assert state.bounds["outside"] <= 1


def test_places_are_not_settled_by_a_plan_with_clashes() -> None:
    """A place had the incumbent's value for its bound, and a run without a solution ended in a crash."""
    state = _stopped_with_clashes("leximin")
    state.progress = Progress()
    model = _model(state.candidates, is_clash_free=True)
    rules = len(model.mip.rules)
    settle_places(state, model)
    assert not state.bounds
    assert "objective" not in model.mip.rules[rules:]

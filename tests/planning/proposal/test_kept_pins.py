"""What is held and kept stays on its day, also where its host's wall shows another."""

from datetime import UTC, datetime

import pytest

from exchange.models import PlanRequest
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import solve
from exchange.planning.proposal.entry_rows import Proposal
from exchange.planning.proposal.replanning import KEEP, EntryWish, problem_again
from tests.planner.small_problems import city, small

STOCKHOLM, NEW_YORK = 0, 2


@pytest.mark.parametrize("name", ["event:17", "training-1"])
@pytest.mark.parametrize(
    ("lead", "host", "at", "on"),
    [
        (NEW_YORK, STOCKHOLM, "2027-01-21T01:30:00Z", "2027-01-20"),
        (STOCKHOLM, NEW_YORK, "2027-01-20T02:00:00Z", "2027-01-20"),
        (STOCKHOLM, NEW_YORK, "2027-01-20T14:00:00Z", "2027-01-20"),
    ],
)
def test_an_event_kept_stays_on_the_lead_citys_day_when_its_host_is_none_of_the_plans(
    name: str, lead: int, host: int, at: str, on: str
) -> None:
    """The host of the plan was written into its pin: that was refused, or slid to the day on its wall."""
    cities = [city(n, lead=n == lead) for n in (STOCKHOLM, NEW_YORK)]
    pin = {"kind": "training", "on": on, "starts_at": at, "name": name}
    trainings = {"minutes": [120], "hosts": [f"C{host}"], "count": 1}
    document = small(5, cities=cities, cycles=None, trainings=trainings, pins=[pin], step_minutes=30)
    problem = problem_from(document)
    plan = solve(problem, Progress())
    (entry,) = plan.entries
    assert (entry.host, entry.is_held) == (f"C{host}", True)
    request = PlanRequest(problem=document_of(problem))
    again = problem_from(
        problem_again(Proposal(request, problem, plan, {}), {entry.name: EntryWish(KEEP)}, "UTC")
    )
    (kept,) = again.pins
    assert (kept.on.isoformat(), kept.starts_at) == (on, datetime.fromisoformat(at).astimezone(UTC))
    if name == "event:17":
        assert again.pins == problem.pins
    else:
        assert kept.host == (f"C{host}" if at.endswith("14:00:00Z") else None)
    (stays,) = solve(again, Progress()).entries
    assert (stays.starts_at, stays.host) == (entry.starts_at, entry.host)

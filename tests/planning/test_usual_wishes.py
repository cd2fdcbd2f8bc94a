"""What the form offers gives a plan whenever it begins in the next five years, over the shipped network."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from exchange.commands.initial_data import fill
from exchange.db import Database
from exchange.planner.files.problem_file import problem_from
from exchange.planner.problem.problem import Burden
from exchange.planner.search.search_progress import CONFLICT, Progress, ProgressReport
from exchange.planner.solve import solve
from exchange.planning.pages.queries import usual_wishes
from exchange.planning.wishes.problem_from_wishes import problem_document
from exchange.settings import Settings
from tests.factories import stage_plan
from tests.planning.conftest import MORNING, first_monday

FEW = [first_monday(10 + 53 * year) for year in range(5)]  # another season each year
MANY = [first_monday(weeks) for weeks in range(2, 262, 4)]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@SQLITE
def test_what_the_form_offers_gives_a_plan_in_each_of_five_years(
    database: Database, settings: Settings
) -> None:
    """As many exchanges as fit had sessions in the quiet weeks of summer or Christmas, in every year."""
    assert [on for on in FEW if not _has_plan(database, settings, on)] == []


@SQLITE
@pytest.mark.slow
def test_what_the_form_offers_gives_a_plan_in_any_season(database: Database, settings: Settings) -> None:
    assert [on for on in MANY if not _has_plan(database, settings, on)] == []


def _has_plan(database: Database, settings: Settings, start_on: date) -> bool:
    """Whether there is a plan at all: the search is ended by the first one, or when there is none."""
    with database.transaction() as session:
        fill(session, settings, MORNING, with_sample=False)
        wishes = replace(usual_wishes(session, MORNING.date(), stage_plan()), start_on=start_on)
        assert wishes.last_on - wishes.start_on > timedelta(days=360)
        problem = problem_document(session, wishes, plan=stage_plan(), weights=Burden(), now=MORNING)
    known: list[str] = []

    def listen(report: ProgressReport) -> None:
        if report.plan is not None or report.stage == CONFLICT:
            known.append(report.stage)

    return bool(solve(problem_from(problem), Progress(listen, lambda: bool(known))).entries)

"""Each repair of an impossible plan has a button: a wish of the form, or a change of the problem itself."""

from datetime import date

from exchange.planner.explain.conflict import explain_conflict
from exchange.planner.files.problem_changes import with_changes
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Plan, Status
from exchange.planner.search.search_progress import Progress
from exchange.planning.wishes.relaxed_wishes import conflicts_of, relaxations, relaxed
from exchange.planning.wishes.wishes import Wishes, wishes_from
from tests.planner.small_problems import small


def test_one_host_for_all_is_a_wish_that_the_form_can_take() -> None:
    problem = problem_from(small(trainings={"minutes": [120], "hosts": ["C0"]}, cycles=None))
    explained = explain_conflict(problem, Progress())
    plan = Plan(Status.INFEASIBLE, conflict=explained.conflict, repairs=explained.repairs)
    first = relaxations(plan)[0]
    assert (first.wish, first.value, first.number) == ("give_up", "hosts in turn", 0)
    wishes = relaxed(Wishes(date(2027, 1, 4), 9), first.wish, first.value)
    assert wishes.given_up == ("hosts in turn",)
    assert wishes_from(wishes.as_document()) == wishes
    assert relaxed(wishes, "give_up", "sessions") == wishes  # no exchange without its session
    assert all(conflicts_of(plan))


def test_lines_of_a_repair_change_the_problem_and_nothing_else() -> None:
    document = document_of(problem_from(small()))
    changes = {"trainings.gap_days": [28, 38], "cities[1].quiet": [["2027-01-05", "2027-01-06"]]}
    changed = with_changes(document, changes)
    assert changed["trainings"] == document["trainings"] | {"gap_days": [28, 38]}  # type: ignore[operator]
    assert problem_from(changed).cities[1].quiet == ((date(2027, 1, 5), date(2027, 1, 6)),)
    assert problem_from(document).cities[1].quiet == ()

"""Plans to choose from: beside the plan asked for the fairest, gentlest and cheapest on the trade curve.

Not the search (solve.py): each of them is a whole search with another allowance for the worst city.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exchange.planner.plan import ASKED, CHEAPEST, CHOICES, FAIREST, GENTLEST, Choice, Plan, Tradeoff
from exchange.planner.problem.problem import FAIRNESS, MAX_ALLOWANCE, Problem
from exchange.planner.search.ranking import is_better
from exchange.planner.search.search_progress import CHOICE, Progress
from exchange.planner.solve import MEMORY, solve, with_entries_of

SHARE_OF_FIRST = 0.6  # of the seconds that the plan asked for may take; the others share what is left


def solve_with_choices(problem: Problem, progress: Progress) -> Plan:
    """The plan asked for, with others beside it as far as time allows; none where fewest moves come first.

    The fairest has the least for the city that bears most, the cheapest the least for all together; the
    gentlest stands where the trade between the two bends. Plans that come to the same are one. One that is
    better than the plan asked for, whose search was ended early, takes its place.
    """
    seconds = progress.seconds_most
    first = replace(progress, seconds_most=None if seconds is None else SHARE_OF_FIRST * seconds)
    plan = solve(problem, first)
    if problem.is_replanning or not plan.objective or MEMORY in plan.limit or progress.is_over:
        return plan
    progress.report(CHOICE, None, None, plan)
    found: list[Choice] = []
    for name, allowance in _wanted(problem, plan, found):  # by the plan as the first search left it
        if progress.is_over:
            break
        freer = replace(problem, max_allowance=allowance, fairness=FAIRNESS[0])
        other = _other(freer, progress, is_last=name == GENTLEST)
        if other is not None and is_better(other, plan, problem):
            plan = with_entries_of(problem, plan, other, progress)
            progress.report(CHOICE, None, None, plan)
        elif other is not None and _is_another(other, [plan, *(each.plan for each in found)]):
            found.append(Choice(name, allowance, other, freer.fairness))
    found = [each for each in found if _is_said_truly(each, plan, found)]
    if not found:
        return plan
    found.sort(key=lambda each: CHOICES.index(each.name))
    own = ASKED if problem.max_allowance else FAIREST
    return replace(plan, choice=own, choices=tuple(found), seconds=progress.seconds)


def _wanted(problem: Problem, plan: Plan, found: Sequence[Choice]) -> Iterator[tuple[str, float]]:
    """The other plans in the order in which they are looked for, each with what the worst city is allowed."""
    if problem.max_allowance:
        yield FAIREST, 0.0
    yield CHEAPEST, MAX_ALLOWANCE
    cheapest = next((each.plan for each in found if each.name == CHEAPEST), None)
    least = plan.value_of("worst")
    if problem.max_allowance or cheapest is None or not least:
        return
    ends = [Tradeoff(each.value_of("worst"), each.value_of("total")) for each in (plan, cheapest)]
    bend = bend_of([ends[0], *plan.trade, ends[1]])
    if bend is not None:
        yield GENTLEST, min(MAX_ALLOWANCE, bend.worst / least - 1)


def bend_of(curve: Sequence[Tradeoff]) -> Tradeoff | None:
    """The point farthest below the straight line from the first to the last, each axis by its own length."""
    first, last = curve[0], curve[-1]
    wide, high = last.worst - first.worst, first.total - last.total
    inside = [each for each in curve if first.worst < each.worst < last.worst and each.total < first.total]
    if wide <= 0 or high <= 0 or not inside:
        return None
    saved = {each: (first.total - each.total) / high - (each.worst - first.worst) / wide for each in inside}
    best = max(inside, key=lambda each: (saved[each], -each.worst))
    return best if saved[best] > 0 else None


def _other(problem: Problem, progress: Progress, *, is_last: bool) -> Plan | None:
    """The best plan of a problem with another allowance; None when there was no time or memory for one."""
    share = progress.seconds_left if is_last else progress.seconds_left / 2
    own = Progress(
        is_stopped=progress.is_stopped,
        seconds_most=None if progress.seconds_most is None else share,
    )
    try:
        plan = solve(problem, own)
    except MemoryError:
        return None
    return plan if plan.objective else None


def _is_said_truly(choice: Choice, plan: Plan, found: Sequence[Choice]) -> bool:
    """Whether it is still another beside the plan, and no other is fairer than the fairest, or cheaper."""
    others = [plan, *(each.plan for each in found if each is not choice)]
    made_small = {FAIREST: "worst", CHEAPEST: "total"}.get(choice.name)
    if made_small and any(each.value_of(made_small) < choice.plan.value_of(made_small) for each in others):
        return False
    return _is_another(choice.plan, [plan])


def _is_another(plan: Plan, others: Sequence[Plan]) -> bool:
    """Whether it is better than each of the others for the worst city or for all, all else alike."""

    def worth(each: Plan) -> tuple[int, int]:
        return each.value_of("worst"), each.value_of("total")

    firsts = [(each.value_of("clashes"), each.value_of("outside")) for each in (plan, *others)]
    if any(first != firsts[0] for first in firsts):
        return False  # one of them was ended early, and is no fair comparison
    return not any(a <= worth(plan)[0] and b <= worth(plan)[1] for a, b in map(worth, others))

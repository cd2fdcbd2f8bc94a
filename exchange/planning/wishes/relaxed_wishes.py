"""What would let a plan exist that cannot: a change the planner found to be enough, as wishes of the form.

The planner says each change in a sentence with its values and in lines of the problem; which wish that is, is
known here. A change that no wish stands for, such as a city's holidays, is made in the problem itself.
"""

from dataclasses import dataclass, replace

from exchange.planner.plan import Conflict, Plan, PlanRepair
from exchange.planner.problem.problem import FAIRNESS, GIVABLE
from exchange.planning.wishes.wishes import Wishes


@dataclass(frozen=True)
class Relaxation:
    """A change that is enough, and its button's wish and value; "" where it changes the problem itself."""

    sentence: PlanRepair
    number: int  # among the planner's, from 0
    wish: str = ""
    value: str = ""


def relaxations(plan: Plan) -> list[Relaxation]:
    """The planner's changes in its order, the gentlest first."""
    return [Relaxation(repair, number, *_wish_of(repair)) for number, repair in enumerate(plan.repairs)]


def conflicts_of(plan: Plan) -> list[list[Conflict]]:
    """The rules that cannot hold together, conflict by conflict."""
    numbers = sorted({each.number for each in plan.conflict})
    return [[each for each in plan.conflict if each.number == number] for number in numbers]


def _wish_of(repair: PlanRepair) -> tuple[str, str]:
    """Recognised by the values that a sentence has, and by the one line that is changed."""
    values = repair.values
    given_up = repair.changes.get("give_up")
    if repair.changes.keys() == {"give_up"} and isinstance(given_up, list) and given_up:
        return "give_up", str(given_up[-1])
    if all(path.startswith("cities[") and path.endswith("].outside") for path in repair.changes):
        return ("outside", "price") if repair.changes else ("", "")
    if values.keys() == {"fewer", "now"}:
        return "cycle_count", str(values["fewer"])
    if values.keys() == {"least", "most"}:
        return "gap", f"{values['least']}-{values['most']}"
    if values.keys() == {"other", "count"}:
        return "count", str(values["other"])
    if values.keys() == {"week"}:
        return "session_week", str(values["week"])
    if values.keys() == {"cycles"}:
        return "pauses", str(values["cycles"])
    return "", ""


def relaxed(wishes: Wishes, wish: str, value: str) -> Wishes:
    """The wishes with one of them changed; as they are for a wish or a value that makes no sense."""
    if wish == "give_up" and value in GIVABLE:
        return replace(wishes, given_up=tuple(dict.fromkeys((*wishes.given_up, value))))
    if wish == "outside":
        return replace(wishes, is_never_outside=False)
    numbers = [int(part) for part in value.split("-") if part.isascii() and part.isdigit() and len(part) < 5]
    if wish == "gap" and len(numbers) == 2:
        return replace(wishes, gap_least_days=numbers[0], gap_most_days=numbers[1])
    if len(numbers) != 1:
        return wishes
    if wish == "cycle_count":
        return replace(wishes, cycle_count=numbers[0])
    if wish == "count":
        return replace(wishes, count=numbers[0])
    if wish == "session_week":
        return replace(wishes, session_weeks=tuple(sorted({*wishes.session_weeks, numbers[0]})))
    if wish == "pauses":
        return replace(wishes, is_choosing=True, cycle_count=numbers[0], pauses=())
    if wish == "allowance":
        return replace(wishes, allowance_percent=min(100, numbers[0]), fairness=FAIRNESS[0])
    return wishes

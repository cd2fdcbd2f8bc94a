"""What would let a plan exist that cannot: a change the planner found to be enough, as wishes of the form.

The planner says each change in a sentence with its values; which wish that is, is known here. A change
that no wish stands for, such as a city's holidays, has no button.
"""

from dataclasses import dataclass, replace

from exchange.planner.plan import Plan
from exchange.planning.wishes.wishes import Wishes
from exchange.rules.sentences import Sentence


@dataclass(frozen=True)
class Relaxation:
    """A change that is enough, and the wish and value of its button; "" without a button."""

    sentence: Sentence
    wish: str = ""
    value: str = ""


def relaxations(plan: Plan) -> list[Relaxation]:
    """The planner's changes in its order, the gentlest first."""
    return [Relaxation(sentence, *_wish_of(sentence)) for sentence in plan.repairs]


def _wish_of(sentence: Sentence) -> tuple[str, str]:
    """Recognised by the values that a sentence has."""
    values = sentence.values
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
    numbers = [int(part) for part in value.split("-") if part.isascii() and part.isdigit() and len(part) < 5]
    if wish == "gap" and len(numbers) == 2:
        return replace(wishes, gap_least_days=numbers[0], gap_most_days=numbers[1])
    if len(numbers) != 1:
        return wishes
    if wish == "count":
        return replace(wishes, count=numbers[0])
    if wish == "session_week":
        return replace(wishes, session_weeks=tuple(sorted({*wishes.session_weeks, numbers[0]})))
    if wish == "pauses":
        return replace(wishes, is_choosing=True, cycle_count=numbers[0], pauses=())
    if wish == "allowance":
        return replace(wishes, allowance_percent=min(100, numbers[0]))
    return wishes

"""Sums of what the cities bear that bear most: the two worst together, the three worst, and so on.

Not their order (search/leximin.py). The sum of the ``count`` greatest loads is the least of count times a
threshold and what lies above it, over all thresholds (Ogryczak and Sliwinski, On solving linear programs with
the ordered weighted averaging objective, 2003).
"""

from collections import Counter
from collections.abc import Sequence

from exchange.planner.model.mip_columns import Bearers, Model, WorstSum


def bearers_of(model: Model) -> tuple[Bearers, ...]:
    """The cities that bear the same whatever the plan: of one group, with the same past."""
    candidates = model.day_classes.candidates
    past = candidates.problem.past_burden
    alike = Counter(
        (group.index, past.get(city.id, 0)) for group in candidates.clocks.groups for city in group.cities
    )
    return tuple(Bearers(group, before, size) for (group, before), size in alike.items())


def add_loads(model: Model) -> None:
    """A column for what each group bears in the plan."""
    mip = model.mip
    for group in range(len(model.day_classes.past)):
        column = mip.add_column(model.most_burden, is_integer=False)
        terms = {each: float(option.vector[group]) for (_, option), each in model.counts.items()}
        factors = {each: factor for each, factor in terms.items() if factor}
        mip.add_constraint("burden", factors | {column: -1.0}, least=0, most=0)
        model.loads.append(column)


def add_worst_sum(model: Model, count: int) -> WorstSum:
    """The columns for the sum of the ``count`` greatest loads, the past counted in."""
    mip = model.mip
    threshold = mip.add_column(model.most_burden, is_integer=False)
    above: dict[Bearers, int] = {}
    for each in bearers_of(model):
        above[each] = mip.add_column(model.most_burden, is_integer=False)
        terms = {model.loads[each.group]: 1.0, threshold: -1.0, above[each]: -1.0}
        mip.add_constraint("burden", terms, most=-each.past)
    made = WorstSum(count, threshold, above)
    model.sums[count] = made
    return made


def fill_sums(model: Model, values: list[float], borne: Sequence[int]) -> None:
    """The values of these columns when the groups bear so much in the plan."""
    for column, load in zip(model.loads, borne, strict=False):
        values[column] = float(load)
    for worst_sum in model.sums.values():
        loads = {each: borne[each.group] + each.past for each in worst_sum.above}
        ordered = sorted((load for each, load in loads.items() for _ in range(each.size)), reverse=True)
        threshold = ordered[worst_sum.count - 1]
        values[worst_sum.threshold] = float(threshold)
        for each, column in worst_sum.above.items():
            values[column] = float(max(0, loads[each] - threshold))

"""Why an entry stands where it stands: what the next best hour and the next best day would cost, and whom.

Everything else of the plan stays as it is in these comparisons; what a whole new plan would cost is
asked by pinning the other day and planning again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exchange.planner.explain.alternative_costs import costs_of, place_of
from exchange.planner.explain.alternatives import Comparison
from exchange.planner.explain.annotations import notes_of
from exchange.planner.model.assignment import Placement
from exchange.planner.model.candidates import Candidates
from exchange.planner.plan import Entry, Plan
from exchange.rules.sentences import Sentence


def with_reasons(candidates: Candidates, assignment: Sequence[Placement], plan: Plan) -> Plan:
    """The plan with reasons and notes for every entry."""
    ordered = sorted(assignment, key=lambda placement: (placement.cell.day, placement.hours))
    comparison = Comparison(candidates, ordered, plan)
    entries = tuple(
        replace(
            entry,
            reasons=tuple(_reasons(comparison, n, entry)),
            notes=tuple(notes_of(candidates, placement, entry)),
        )
        for n, (entry, placement) in enumerate(zip(plan.entries, ordered, strict=True))
    )
    return replace(plan, entries=entries)


def _reasons(comparison: Comparison, index: int, entry: Entry) -> Iterator[Sentence]:
    points = sum(entry.burden.values())
    bearing = sum(1 for each in entry.burden.values() if each)
    if entry.is_held:
        yield Sentence("It is held: pinned or published.")
    yield Sentence(
        "This hour costs %(points)s in all, borne by %(bearing)s of %(cities)s cities.",
        {"points": points, "bearing": bearing, "cities": len(entry.burden)},
    )
    hour = comparison.best(comparison.other_hours(index))
    if hour is None:
        yield Sentence("No other hour of the day is open to all.")
    else:
        yield Sentence("The next best hour of the day is %(on)s, %(at)s.", place_of(comparison, hour))
        yield from costs_of(comparison, index, hour)
    day = comparison.best(comparison.other_days(index))
    if day is None:
        yield Sentence("No other day is free for it while the rest of the plan stands.")
    else:
        yield Sentence("The next best day is %(on)s, %(at)s.", place_of(comparison, day))
        yield from costs_of(comparison, index, day)

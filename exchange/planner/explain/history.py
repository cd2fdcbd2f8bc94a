"""Rules that what is published leaves no room for: they are let go, so that a plan exists, and said.

Not what history makes of gaps, counts and hosts where it leaves room (feasible_days.py, event_counts.py).
"""

from dataclasses import replace

from exchange.planner.explain.conflict import has_plan
from exchange.planner.explain.conflict_words import rule_sentences
from exchange.planner.problem.problem import Problem
from exchange.rules.sentences import Sentence

# The rules that can be let go, those that matter least first; never the sessions of the cycles.
LEAST_FIRST = ("hosts", "hosts in turn", "kinds", "count", "weeks", "gaps")


def rules_without_room(problem: Problem) -> frozenset[str]:
    """The fewest rules to let go so that a plan exists; none when history is not what forbids it."""
    published = tuple(pin.name for pin in problem.held() if pin.is_published)
    if not published or not has_plan(replace(problem, unpinned=(*problem.unpinned, *published))):
        return frozenset()
    if problem.pins and has_plan(replace(problem, pins=())):
        return frozenset()  # it is a pin that does not go with it, and whoever pinned is told
    gone = [rule for rule in LEAST_FIRST if rule in rule_sentences(problem)]
    alone = (frozenset({rule}) for rule in gone)
    together = (frozenset(gone[:size]) for size in range(2, len(gone) + 1))
    ways = (rules for rules in (*alone, *together) if has_plan(problem, rules))
    return next(ways, frozenset())


def history_notes(problem: Problem, gone: frozenset[str]) -> tuple[Sentence, ...]:
    """Which rules do not hold, in words."""
    sentences = rule_sentences(problem)
    template = "What is published leaves no room for this rule, so it does not hold: %(rule)s"
    return tuple(Sentence(template, {"rule": sentences[rule].text}) for rule in sorted(gone))

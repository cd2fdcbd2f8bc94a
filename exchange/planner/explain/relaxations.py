"""Single changes that may make an impossible problem possible, the cheapest first.

Not whether they do (conflict.py tries them).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from exchange.planner.explain.conflict_words import Member
from exchange.planner.problem.event_counts import session_places, training_count
from exchange.planner.problem.problem import Problem
from exchange.rules.sentences import Sentence

GROUPS = (
    "held",
    "forbidden",
    "busy",
    "quiet",
    "sessions",
    "count",
    "gaps",
    "hosts in turn",
    "hosts",
    "kinds",
)
FEWER_CYCLES = 4  # one for each winter of the longest horizon
WIDER_DAYS = (1, 2, 3, 5, 7, 10, 14)

Check = Callable[[Problem, frozenset[str]], bool]


@dataclass(frozen=True)
class Repair:
    """A problem changed in one thing, with the rules that then do not hold."""

    sentence: Sentence
    problem: Problem
    without: frozenset[str] = frozenset()

    def is_enough(self, has_plan: Check) -> bool:
        """Whether the changed problem has a plan."""
        return has_plan(self.problem, self.without)


def repairs_of(problem: Problem, members: Sequence[Member]) -> Iterator[list[Repair]]:
    """For each member of a conflict the changes that would soften it, the gentlest first in each list."""
    last = len(GROUPS)
    rank = {group: n for n, group in enumerate(GROUPS)}
    for member in sorted(members, key=lambda each: rank.get(each.group, last)):
        yield list(_repairs(problem, member))
        if member.group == "sessions":
            yield list(_pause_repairs(problem))


def _repairs(problem: Problem, member: Member) -> Iterator[Repair]:
    if member.group == "gaps":
        yield from _gap_repairs(problem)
    elif member.group == "count":
        yield from _count_repairs(problem)
    elif member.group == "sessions":
        yield from _session_repairs(problem)
    else:
        without = frozenset({member.rule}) if member.rule else frozenset()
        sentence = Sentence("Give up this: %(rule)s", {"rule": member.sentence.text})
        yield Repair(sentence, member.drop(problem), without)


def _gap_repairs(problem: Problem) -> Iterator[Repair]:
    trainings = problem.trainings
    if trainings is None:
        return
    least, most = trainings.gap_days
    for days in WIDER_DAYS:
        for gap in ((least, most + days), (max(1, least - days), most)):
            sentence = Sentence(
                "Let training events be %(least)s to %(most)s days apart.", {"least": gap[0], "most": gap[1]}
            )
            yield Repair(sentence, replace(problem, trainings=replace(trainings, gap_days=gap)))
    if trainings.last_on is not None:
        sentence = Sentence(
            "Let the first training event be at any distance from the one on %(before)s.",
            {"before": trainings.last_on},
        )
        yield Repair(sentence, replace(problem, trainings=replace(trainings, last_on=None)))


def _count_repairs(problem: Problem) -> Iterator[Repair]:
    trainings = problem.trainings
    if trainings is None:
        return
    count = training_count(problem)
    for other in (count - 1, count + 1):
        if other >= 0:
            sentence = Sentence(
                "Hold %(other)s training events, not %(count)s.", {"other": other, "count": count}
            )
            yield Repair(sentence, replace(problem, trainings=replace(trainings, count=other)))


def _session_repairs(problem: Problem) -> Iterator[Repair]:
    cycles = problem.cycles
    if cycles is None:
        return
    first, last = min(cycles.session_weeks), max(cycles.session_weeks)
    for week in (first - 1, last + 1, first - 2, last + 2):
        if 1 <= week <= cycles.weeks:
            weeks = tuple(sorted({*cycles.session_weeks, week}))
            sentence = Sentence("Allow the session in week %(week)s of its cycle too.", {"week": week})
            yield Repair(sentence, replace(problem, cycles=replace(cycles, session_weeks=weeks)))


def _pause_repairs(problem: Problem) -> Iterator[Repair]:
    """The pauses left to the planner, with as many cycles as now or a few less."""
    cycles = problem.cycles
    if cycles is None or cycles.is_choosing or cycles.pauses:
        return
    now = len(session_places(problem))
    for count in range(now, max(0, now - FEWER_CYCLES - 1), -1):
        sentence = Sentence(
            "Hold %(cycles)s exchanges, and let the planner choose the pauses between them.",
            {"cycles": count},
        )
        chosen = replace(cycles, is_choosing=True, count=count)
        yield Repair(sentence, replace(problem, cycles=chosen))

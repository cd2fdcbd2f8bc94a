"""Single changes that may make an impossible problem possible, the cheapest first.

Not whether they do (conflict.py tries them).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from exchange.errors import InvalidInput
from exchange.planner.explain.conflict_words import Member
from exchange.planner.files.problem_checks import check_problem
from exchange.planner.problem.event_counts import session_places, training_count
from exchange.planner.problem.problem import Problem
from exchange.rules.sentences import Sentence

GROUPS = (
    "hosts in turn",
    "hours",
    "held",
    "forbidden",
    "busy",
    "quiet",
    "sessions",
    "count",
    "gaps",
    "hosts",
    "kinds",
)
FEWER_CYCLES = 4  # one for each winter of the longest horizon
WIDER_DAYS = (1, 2, 3, 5, 7, 10, 14)

GIVEN_UP = {
    "weeks": Sentence("Allow two events in one week."),
    "kinds": Sentence("Let there be as many training events of each kind as it happens."),
    "hosts": Sentence("Allow a host to have more training events than another."),
    "hosts in turn": Sentence("Allow a host two training events running."),
}

Check = Callable[[Problem], bool]


@dataclass(frozen=True)
class Repair:
    """A problem changed in one thing."""

    sentence: Sentence
    problem: Problem

    def is_enough(self, has_plan: Check) -> bool:
        """Whether the changed problem can be asked for, and has a plan."""
        try:
            check_problem(self.problem)
        except InvalidInput:
            return False
        return has_plan(self.problem)


def repairs_of(problem: Problem, members: Sequence[Member]) -> Iterator[list[Repair]]:
    """For each member of a conflict the changes that would soften it, the gentlest first in each list.

    The likeliest lists come first: the pauses left to the planner, one exchange fewer, a host twice running.
    """
    last = len(GROUPS)
    rank = {group: n for n, group in enumerate(GROUPS)}
    if any(member.group == "sessions" for member in members):
        yield list(_pause_repairs(problem))
        yield list(_fewer_cycles(problem))
    for member in sorted(members, key=lambda each: rank.get(each.group, last)):
        yield list(_repairs(problem, member))


def _repairs(problem: Problem, member: Member) -> Iterator[Repair]:
    if member.group == "gaps":
        yield from _gap_repairs(problem)
    elif member.group == "count":
        yield from _count_repairs(problem)
    elif member.group == "sessions":
        yield from _session_repairs(problem)
    elif member.rule:
        given_up = (*problem.given_up, member.rule)
        yield Repair(GIVEN_UP[member.rule], replace(problem, given_up=given_up))
    elif member.group == "hours":
        sentence = Sentence("Let this be so only where it can be: %(rule)s", {"rule": member.sentence.text})
        yield Repair(sentence, member.drop(problem))
    else:
        sentence = Sentence("Give up this: %(rule)s", {"rule": member.sentence.text})
        yield Repair(sentence, member.drop(problem))


def _fewer_cycles(problem: Problem) -> Iterator[Repair]:
    """One exchange fewer, at the end."""
    cycles = problem.cycles
    if cycles is None:
        return
    now = len({place.cycle for place in session_places(problem)})
    if now > 1:
        sentence = Sentence("Hold %(fewer)s exchanges, not %(now)s.", {"fewer": now - 1, "now": now})
        yield Repair(sentence, replace(problem, cycles=replace(cycles, count=now - 1)))


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

"""Why there is no plan: the smallest set of rules that cannot hold together, and what would mend it.

Rules are dropped one by one as long as what is left is still impossible (a deletion filter); then each
repair is tried by itself on the entire problem, the cheapest first. Hours and burdens play no part.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange.planner.explain.conflict_words import Member, members_of
from exchange.planner.explain.relaxations import Repair, repairs_of
from exchange.planner.files.problem_changes import changes_between
from exchange.planner.model.candidates import Candidates
from exchange.planner.model.interchangeable_days import DayClasses
from exchange.planner.model.mip_builder import build_frame
from exchange.planner.plan import Conflict, PlanRepair
from exchange.planner.problem.problem import Problem
from exchange.planner.search.highs_solver import Limits, Solver
from exchange.planner.search.search_progress import CONFLICT, Progress
from exchange.rules.sentences import Sentence

MOST_CONFLICTS = 3  # told beside the first


@dataclass(frozen=True)
class Explained:
    """Minimal conflicts, and changes that each make a plan possible by themselves, the likeliest first."""

    conflict: tuple[Conflict, ...]
    repairs: tuple[PlanRepair, ...]


def explain_conflict(problem: Problem, progress: Progress) -> Explained:
    """Rules of which no proper part is impossible; cut short, and so not minimal, when time is up."""
    progress.report(CONFLICT, None, None)
    coarse = members_of(problem, is_fine=False)
    names = {member.group for member in _minimal(problem, coarse, coarse, progress)}
    fine = members_of(problem, is_fine=True)
    members = _minimal(problem, [member for member in fine if member.group in names], fine, progress)
    found = [members, *_others(problem, members, fine, progress)]
    conflict = tuple(
        Conflict(member.name, member.sentence, number)
        for number, each in enumerate(found, start=1)
        for member in each
    )
    repairs = list(_working(problem, members, progress)) or list(_both(problem, found, progress))
    return Explained(conflict, tuple(_said(problem, repair) for repair in repairs))


def _said(problem: Problem, repair: Repair) -> PlanRepair:
    sentence = repair.sentence
    return PlanRepair(sentence.template, sentence.values, changes_between(problem, repair.problem))


def _others(
    problem: Problem, members: Sequence[Member], every: Sequence[Member], progress: Progress
) -> Iterator[list[Member]]:
    """Conflicts that stay when a member of the first is dropped; where none does, any one will do."""
    told = [{member.name for member in members}]
    for member in members:
        rest = [each for each in every if each is not member]
        if len(told) > MOST_CONFLICTS or progress.is_over or is_possible(problem, rest, every):
            continue
        other = _minimal(problem, rest, every, progress)
        names = {each.name for each in other}
        if names not in told and not progress.is_over:
            told.append(names)
            yield other


def _both(problem: Problem, found: Sequence[Sequence[Member]], progress: Progress) -> Iterator[Repair]:
    """Two changes that are enough together, where none is by itself."""
    firsts = [each for repairs in repairs_of(problem, found[0]) for each in repairs[:1]]
    for first in firsts:
        for conflict in found[1:]:
            for repairs in repairs_of(first.problem, conflict):
                second = next(
                    (each for each in repairs if not progress.is_over and each.is_enough(has_plan)), None
                )
                if second is not None:
                    texts = {"first": first.sentence.text, "second": second.sentence.text}
                    yield Repair(Sentence("%(first)s And besides: %(second)s", texts), second.problem)
                    return


def is_possible(problem: Problem, kept: Sequence[Member], every: Sequence[Member]) -> bool:
    """Whether there is a plan that keeps these of all members; the others do not hold."""
    names = {member.name for member in kept}
    dropped = [member for member in every if member.name not in names]
    for member in dropped:
        problem = member.drop(problem)
    return has_plan(problem, frozenset(member.rule for member in dropped if member.rule))


def has_plan(problem: Problem, without: frozenset[str] = frozenset()) -> bool:
    """Whether days, classes and hosts can be chosen so that every rule but those named is kept."""
    candidates = Candidates(problem, without)
    frame = build_frame(DayClasses(candidates, is_clash_free=False), candidates.without)
    if not frame.mip.lower:
        return all(
            least <= 0 <= most for least, most in zip(frame.mip.row_lower, frame.mip.row_upper, strict=True)
        )
    return not Solver(frame.mip, is_integer=True, seed=problem.seed).minimise({}, Limits()).is_infeasible


def _minimal(
    problem: Problem, members: Sequence[Member], every: Sequence[Member], progress: Progress
) -> list[Member]:
    """The members that are left when all that can be spared were dropped: in halves, then ever fewer at once.

    The last round goes one by one, so that none of those left can be spared.
    """
    kept = list(members)
    size = max(1, len(kept) // 2)
    while True:
        for chunk in [members[n : n + size] for n in range(0, len(members), size)]:
            if progress.is_over:
                return kept
            fewer = [each for each in kept if each not in chunk]
            if len(fewer) < len(kept) and not is_possible(problem, fewer, every):
                kept = fewer
        if size == 1:
            return kept
        size = max(1, size // 2)
        members = list(kept)


def _working(problem: Problem, members: Sequence[Member], progress: Progress) -> Iterator[Repair]:
    for repairs in repairs_of(problem, members):
        enough = (repair for repair in repairs if not progress.is_over and repair.is_enough(has_plan))
        gentlest = next(enough, None)
        if gentlest is not None:
            yield gentlest

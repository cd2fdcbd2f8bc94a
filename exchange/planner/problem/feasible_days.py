"""The days on which a training event can stand so that the others still keep their gaps.

A dynamic programme over days: for each day a set of numbers of events, kept as the bits of an integer,
that can stand up to it, and from it on. Not sessions and not hours.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from exchange.planner.problem.event_counts import training_count
from exchange.planner.problem.problem import Problem, Trainings


@dataclass(frozen=True)
class TrainingDays:
    """Bit n of a day in ``before`` (``after``): n events can stand up to (from) the day, itself one.

    ``wanted`` is how many events there are to be; ``first`` and ``last`` are the days for the first and last.
    """

    wanted: int
    gap_days: tuple[int, int]
    before: tuple[int, ...]
    after: tuple[int, ...]
    first: range
    last: range

    @property
    def useful(self) -> list[int]:
        """The days that lie on some way from first to last with the wanted number of events."""
        return [day for day in range(len(self.before)) if self.is_useful(day)]

    def is_useful(self, day: int) -> bool:
        """Whether some n events can end on the day and the rest begin on it."""
        return any(
            self.before[day] >> n & 1 and self.after[day] >> (self.wanted - n + 1) & 1
            for n in range(1, self.wanted + 1)
        )

    def can_follow(self, day: int, number: int) -> bool:
        """Whether the ``number``-th event (1 = the first) can stand on the day and the rest follow."""
        return bool(self.after[day] >> (self.wanted - number + 1) & 1)


def training_days(problem: Problem, trainings: Trainings, open_days: Collection[int]) -> TrainingDays:
    """What the gaps leave of the open days; held training events are met on the way."""
    least, most = trainings.gap_days
    held = sorted((pin.on - problem.start_on).days for pin in problem.held() if pin.kind == "training")
    first = range(most + 1) if trainings.last_on is None else _after_last(problem, trainings)
    last = range(max(0, problem.days - 1 - most), problem.days)
    is_open = [day in open_days for day in range(problem.days)]

    def steps(day: int) -> range:
        return range(max(day - most, _latest_below(held, day), 0), day - least + 1)

    before = _counts(problem.days, is_open, steps, lambda day: day in first and _latest_below(held, day) < 0)
    mirrored = sorted(problem.days - 1 - day for day in held)

    def steps_back(day: int) -> range:
        return range(max(day - most, _latest_below(mirrored, day), 0), day - least + 1)

    after = _counts(
        problem.days,
        is_open[::-1],
        steps_back,
        lambda day: problem.days - 1 - day in last and _latest_below(mirrored, day) < 0,
    )[::-1]
    return TrainingDays(training_count(problem), trainings.gap_days, tuple(before), tuple(after), first, last)


def _after_last(problem: Problem, trainings: Trainings) -> range:
    if trainings.last_on is None:
        return range(0)
    gap = (trainings.last_on - problem.start_on).days
    return range(max(0, gap + trainings.gap_days[0]), max(0, gap + trainings.gap_days[1] + 1))


def _latest_below(held: Sequence[int], day: int) -> int:
    """The last held day before a day, -1 when there is none."""
    return max((each for each in held if each < day), default=-1)


def _counts(
    days: int, is_open: Sequence[bool], steps: Callable[[int], range], is_first: Callable[[int], bool]
) -> list[int]:
    counts = [0] * days
    for day in range(days):
        if not is_open[day]:
            continue
        reach = 0
        for earlier in steps(day):
            reach |= counts[earlier]
        counts[day] = reach << 1 | (2 if is_first(day) else 0)
    return counts

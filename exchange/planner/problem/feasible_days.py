"""The days on which a training event can stand so that the others still keep their gaps.

A dynamic programme over days: for each day a set of numbers of events, kept as the bits of an integer,
that can stand up to it, and from it on. Not sessions and not hours.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from exchange.planner.problem.event_counts import training_count
from exchange.planner.problem.problem import Problem, Trainings


@dataclass(frozen=True)
class TrainingDays:
    """Bit n of a day in ``before`` (``after``): n events can stand up to (from) the day, itself one.

    ``holes`` are pairs of published days that no way of free ones joins: they follow each other as they are.
    ``wanted`` is how many events there are to be; ``first`` and ``last`` are the days for the first and last.
    """

    wanted: int
    gap_days: tuple[int, int]
    before: tuple[int, ...]
    after: tuple[int, ...]
    first: range
    last: range
    held: tuple[int, ...] = ()
    history: frozenset[int] = frozenset()  # those held that are published
    holes: Mapping[int, int] = field(default_factory=dict)

    def useful(self, without: Collection[str] = ()) -> set[int]:
        """The days on some way from first to last with the wanted number of events.

        Without the rule "count" any number will do; without "gaps" every day will.
        """
        every = range(len(self.before))
        if "gaps" in without:
            return set(every)
        if "count" in without:
            return {day for day in every if self.before[day] and self.after[day]}
        return {day for day in every if self.is_useful(day)}

    def is_useful(self, day: int) -> bool:
        """Whether some n events can end on the day and the rest begin on it."""
        return any(
            self.before[day] >> n & 1 and self.after[day] >> (self.wanted - n + 1) & 1
            for n in range(1, self.wanted + 1)
        )

    @property
    def totals(self) -> list[int]:
        """How many events there can be from first to last."""
        ways = 0
        for before, after in zip(self.before, self.after, strict=True):
            ways |= before if after >> 1 & 1 else 0
        return [n for n in range(1, ways.bit_length()) if ways >> n & 1]

    def neighbours(self, day: int) -> tuple[int | None, int | None]:
        """The held days that an event on this day would stand next to: no other event fits between."""
        most = self.gap_days[1]
        before = _latest_below(self.held, day)
        after = min((each for each in self.held if each > day), default=day + most + 1)
        return (
            before if before >= 0 and day - before <= most else None,
            after if after - day <= most else None,
        )

    def is_in_hole(self, days: range) -> bool:
        """Whether the days lie between two published ones that follow each other as they are."""
        return any(begin < days.start and days.stop <= end for begin, end in self.holes.items())

    def can_follow(self, day: int, number: int) -> bool:
        """Whether the ``number``-th event (1 = the first) can stand on the day and the rest follow."""
        return bool(self.after[day] >> (self.wanted - number + 1) & 1)


def training_days(problem: Problem, trainings: Trainings, open_days: Collection[int]) -> TrainingDays:
    """What the gaps leave of the open days; held training events are met on the way.

    Two published events follow each other as they are where no way of free ones leads from the first to the
    second: the gaps bind what is free. So does the first one follow the start, and the end the last.
    """
    most = trainings.gap_days[1]
    held = sorted((pin.on - problem.start_on).days for pin in problem.held() if pin.kind == "training")
    history = frozenset((pin.on - problem.start_on).days for pin in problem.history())
    first = range(most + 1) if trainings.last_on is None else _after_last(problem, trainings)
    last = range(max(0, problem.days - 1 - most), problem.days)
    is_open = [day in open_days for day in range(problem.days)]
    forward = _Walk(trainings.gap_days, is_open, first, held, history)
    back = problem.days - 1
    backward = _Walk(
        trainings.gap_days,
        is_open[::-1],
        range(back - last.stop + 1, back - last.start + 1),
        sorted(back - day for day in held),
        frozenset(back - day for day in history),
    )
    before, after = forward.counts(), backward.counts()
    return TrainingDays(
        training_count(problem),
        trainings.gap_days,
        tuple(before),
        tuple(after[::-1]),
        forward.first,
        range(back - backward.first.stop + 1, back - backward.first.start + 1),
        tuple(held),
        history,
        forward.holes,
    )


@dataclass
class _Walk:
    """One way through the days; ``first`` are the days on which it may begin."""

    gap_days: tuple[int, int]
    is_open: Sequence[bool]
    first: range
    held: Sequence[int]
    history: Collection[int]
    holes: dict[int, int] = field(default_factory=dict)

    def counts(self) -> list[int]:
        """For each day the numbers of events that can stand up to it, as bits."""
        counts = [0] * len(self.is_open)
        least, most = self.gap_days
        for day, is_open in enumerate(self.is_open):
            if not is_open:
                continue
            before = _latest_below(self.held, day)
            reach = 0
            for earlier in range(max(day - most, before, 0), day - least + 1):
                reach |= counts[earlier]
            is_first = before < 0 and day in self.first
            if day in self.history and not reach:
                if before in self.history:
                    reach = counts[before]
                    self.holes[before] = day
                elif before < 0 and not is_first:
                    is_first, self.first = True, range(day, day + 1)
            counts[day] = reach << 1 | (2 if is_first else 0)
        return counts


def _after_last(problem: Problem, trainings: Trainings) -> range:
    if trainings.last_on is None:
        return range(0)
    gap = (trainings.last_on - problem.start_on).days
    return range(max(0, gap + trainings.gap_days[0]), max(0, gap + trainings.gap_days[1] + 1))


def _latest_below(held: Sequence[int], day: int) -> int:
    """The last held day before a day, -1 when there is none."""
    return max((each for each in held if each < day), default=-1)

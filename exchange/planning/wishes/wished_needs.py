"""Needs that a year's plan is to answer, as more events of a kind: the planner knows kinds and no needs."""

from collections import Counter
from dataclasses import replace
from math import ceil

from exchange.planning.wishes.wishes import EXCHANGE, WishedKind, Wishes

MINUTES = 120  # of an event of a kind that the wishes do not name otherwise
_WEEKS_A_YEAR, _MOST = 52, 60


def with_needs(wishes: Wishes) -> Wishes:
    """The wishes with as many exchanges, and events of each kind, as the needs call for.

    A number a year is raised so that the plan's part of the year has them; the kind that takes what the
    others leave has no number, and stays so.
    """
    wanted = Counter(one.kind for one in wishes.needs)
    exchanges = wanted.pop(EXCHANGE, 0)
    known = {kind.kind for kind in wishes.kinds}
    kinds = [_raised(kind, wanted[kind.kind], wishes.weeks) for kind in wishes.kinds]
    new = [WishedKind(kind, MINUTES, 0) for kind in sorted(wanted.keys() - known)]
    kinds += [_raised(kind, wanted[kind.kind], wishes.weeks) for kind in new]
    count = wishes.cycle_count
    return replace(wishes, kinds=tuple(kinds), cycle_count=None if count is None else max(count, exchanges))


def _raised(kind: WishedKind, wanted: int, weeks: int) -> WishedKind:
    if not wanted or kind.per_year is None:
        return kind
    share = 1 if kind.first_week else _WEEKS_A_YEAR / weeks  # a season is had whole
    return replace(kind, per_year=min(_MOST, max(kind.per_year, ceil(wanted * share))))

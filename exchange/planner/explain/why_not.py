"""Why not this day: what keeps an entry of a plan off another day, or what it would cost there.

Not a new plan: all other entries stay. A day that is merely dear can be pinned and planned anew.
"""

from collections.abc import Iterator
from datetime import date

from exchange.planner.explain.alternative_costs import costs_of, place_of
from exchange.planner.explain.alternatives import Comparison
from exchange.planner.model.candidates import Candidates, Cell
from exchange.planner.problem.day_restrictions import CityDays
from exchange.planner.problem.event_classes import EventClass
from exchange.planner.problem.problem import PlannedCity, hours_of
from exchange.rules.sentences import Sentence

NAMED = 3  # blockers named for one day


def why_not(comparison: Comparison, index: int, on: date) -> list[Sentence]:
    """What speaks against the day for the entry at this place in the plan, in words; never empty."""
    candidates = comparison.candidates
    day = (on - candidates.problem.start_on).days
    here = comparison.assignment[index].cell
    if day == here.day:
        return [Sentence("It stands on %(on)s.", {"on": on})]
    if not 0 <= day < candidates.problem.days:
        return [Sentence("%(on)s lies outside the horizon.", {"on": on})]
    blockers = [*_rules(comparison, index, day), *_blocked(candidates, here, day)]
    if blockers:
        return blockers
    best = comparison.best(comparison.other_days(index, day))
    if best is None:
        limits = candidates.acceptable.limited(here.event, day)
        return [_no_way(here, on, has_limits=any(each.is_never for each in limits))]
    place = Sentence("It could be held on %(on)s, %(at)s.", place_of(comparison, best))
    return [place, *costs_of(comparison, index, best)]


def _no_way(here: Cell, on: date, *, has_limits: bool) -> Sentence:
    """Hours are open, and still there is no place for it."""
    if here.event.sittings > 1 and has_limits:
        template = "On %(on)s no two open hours are far enough apart that every city can attend one of them."
        return Sentence(template, {"on": on})
    if here.event.sittings > 1:
        return Sentence("On %(on)s no two open hours are far enough apart for two sittings.", {"on": on})
    return Sentence("From %(on)s no way of training events leads to the end of the horizon.", {"on": on})


def _rules(comparison: Comparison, index: int, day: int) -> Iterator[Sentence]:
    candidates = comparison.candidates
    here = comparison.assignment[index].cell
    if candidates.is_held(here.event.kind, here.day):
        yield Sentence("It is held where it stands: pinned or published.")
    if candidates.is_forbidden(day, here.event.kind):
        yield Sentence("%(on)s is a forbidden day.", {"on": candidates.clocks.day(day)})
    for n, other in enumerate(comparison.assignment):
        if n != index and other.cell.day // 7 == day // 7:
            on = candidates.clocks.day(other.cell.day)
            yield Sentence("Another event stands in the same week, on %(on)s.", {"on": on})
    if here.place and day // 7 not in here.place.weeks:
        weeks = " or ".join(str(week - here.place.start_week + 1) for week in here.place.weeks)
        yield Sentence("The session is held in week %(weeks)s of its cycle.", {"weeks": weeks})
    if not comparison.keeps_gaps(index, day):
        least, most = candidates.training.gap_days if candidates.training else (0, 0)
        yield Sentence(
            "It would not be %(least)s to %(most)s days from the training events before and after.",
            {"least": least, "most": most},
        )


def _blocked(candidates: Candidates, here: Cell, day: int) -> list[Sentence]:
    """What closes every hour of the day: the few blockers that do it together."""
    event = here.event
    every = candidates.usual_slots(day, here.host)
    found = list(_closing(candidates, event, day))
    if here.host:
        night = candidates.host_night(here.host, day, event.minutes)
        host = candidates.problem.city(here.host).name
        found.append(
            (night, Sentence("It is night for the host %(city)s at the hours left.", {"city": host}))
        )
        holidays = candidates.host_holidays(here.host, day, event.minutes)
        found += [(mask, candidates.city_days[here.host].clashes[on]) for on, mask in holidays.items()]
    closed = 0
    named: list[Sentence] = []
    while closed & every != every:
        mask, sentence = max(
            found, key=lambda each: (each[0] & every & ~closed).bit_count(), default=(0, None)
        )
        if sentence is None or not mask & every & ~closed:
            return []  # some hour is open
        closed |= mask
        named.append(sentence)
    return named


def _closing(candidates: Candidates, event: EventClass, day: int) -> Iterator[tuple[int, Sentence]]:
    """For every city what closes which slots."""
    on = candidates.clocks.day(day)
    for group in candidates.clocks.groups:
        touches = candidates.clocks.group_slots(group, day, event.minutes).touches
        for city in group.cities:
            if not event.has(city.id):
                continue
            days = candidates.city_days[city.id]
            for delta, mask in touches:
                local = date.fromordinal(on.toordinal() + delta)
                if local in days.blocked:
                    yield mask, days.blocked[local]
            yield from _busy(candidates, event, day, days)
            yield from _hours(candidates, event, day, city)


def _hours(
    candidates: Candidates, event: EventClass, day: int, city: PlannedCity
) -> Iterator[tuple[int, Sentence]]:
    mask = candidates.acceptable.never(city, event, day)
    if mask and city.acceptable:
        template = "Nothing is held before %(first)s or after %(last)s in %(city)s."
        yield mask, Sentence(template, {"city": city.name, **hours_of(city.acceptable)})


def _busy(
    candidates: Candidates, event: EventClass, day: int, days: CityDays
) -> Iterator[tuple[int, Sentence]]:
    if not days.city.is_needed:
        return
    mask = candidates.busy_slots(day, event, days.city.id)
    if mask:
        yield mask, Sentence("%(city)s is busy.", {"city": days.city.name})

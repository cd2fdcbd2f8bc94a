"""Why nothing stands on a day: what blocks it, what speaks against it, which rule of the rhythm it breaks.

Pure, of the planner's own blockers; it solves nothing, so it does not say what the whole plan would lose.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.planner.blockers import CityDays
from exchange.planner.plan import Entry
from exchange.planner.structure import session_places
from exchange.planning.places import Proposal
from exchange.rules.sentences import Sentence

MINUTES = 1440


@dataclass(frozen=True)
class Answer:
    """What stops the day, and what merely speaks against it; both empty when it was possible."""

    on: date
    kind: str
    stops: tuple[Sentence, ...]
    against: tuple[Sentence, ...]


def why_not(proposal: Proposal, kind: str, on: date) -> Answer:
    """What keeps an entry of this kind off the day (UTC, as the planner counts days)."""
    problem = proposal.problem
    stops: list[Sentence] = []
    against: list[Sentence] = []
    if not problem.start_on <= on <= problem.last_on:
        stops.append(Sentence("%(on)s lies outside the plan's weeks.", {"on": on}))
        return Answer(on, kind, tuple(stops), ())
    for city in problem.cities:
        days = CityDays(problem, city)
        if on in days.blocked:
            stops.append(days.blocked[on])
        against += [found[on] for found in (days.clashes, days.unwelcome) if on in found]
        if city.is_needed:
            stops += _busy(proposal, days, on)
    stops += _rules(proposal, kind, on)
    if on.weekday() not in problem.preferred_weekdays:
        against.append(Sentence("%(on)s is none of the preferred weekdays.", {"on": on}))
    return Answer(on, kind, tuple(stops), tuple(against))


def _busy(proposal: Proposal, days: CityDays, on: date) -> Iterator[Sentence]:
    """Only what leaves no hour of the city's day: an hour that is taken leaves the others."""
    begin = (on - proposal.problem.start_on).days * MINUTES
    if any(span.begin <= begin and span.end >= begin + MINUTES for span in days.busy):
        yield Sentence("%(city)s is busy all day on %(on)s.", {"city": days.city.name, "on": on})


def _rules(proposal: Proposal, kind: str, on: date) -> Iterator[Sentence]:
    problem = proposal.problem
    for each in problem.forbidden:
        if each.first_on <= on <= each.last_on and each.kind in ("", kind):
            yield Sentence("%(on)s is among the days you forbade.", {"on": on})
    week = problem.week_of(on)
    same_week = [e for e in proposal.plan.entries if e.kind != kind and problem.week_of(_day(e)) == week]
    for entry in same_week:
        said = "%(other)s is in the same week, on %(on)s."
        yield Sentence(said, {"other": _name(entry), "on": _day(entry)})
    if kind == "session":
        if not any(week in place.weeks for place in session_places(problem)):
            yield Sentence("%(on)s lies in no week in which an exchange has its session.", {"on": on})
    else:
        yield from _gaps(proposal, on)


def _gaps(proposal: Proposal, on: date) -> Iterator[Sentence]:
    """A day that stands too near to two neighbours, or too far from one."""
    trainings = proposal.problem.trainings
    if trainings is None:
        yield Sentence("No training events are planned.")
        return
    least, _most = trainings.gap_days
    days = [_day(entry) for entry in proposal.plan.entries if entry.kind == "training"]
    near = [day for day in days if 0 < abs((day - on).days) < least]
    if on in days:
        yield Sentence("A training event stands on %(on)s already.", {"on": on})
    elif len(near) > 1:
        yield Sentence(
            "Events are at least %(least)s days apart, and %(on)s lies between those of"
            " %(before)s and %(after)s.",
            {"least": least, "on": on, "before": near[0], "after": near[-1]},
        )
    elif near:
        yield Sentence(
            "Events are at least %(least)s days apart: that of %(before)s would have to move.",
            {"least": least, "before": near[0]},
        )


def _day(entry: Entry) -> date:
    return entry.starts_at.date()


def _name(entry: Entry) -> str:
    return f"Session {entry.cycle}" if entry.kind == "session" else "A training event"


def nearest_entry(proposal: Proposal, kind: str, on: date) -> Entry | None:
    """The entry of this kind that stands nearest to the day."""
    of_kind = [entry for entry in proposal.plan.entries if entry.kind == kind]
    return min(of_kind, key=lambda e: abs(_day(e) - on), default=None) if of_kind else None

"""The rules of a problem as a person would name them, each with the way to drop it.

Not the constraints (mip_constraints.py). A coarse member drops a group entirely, such as all holidays; a fine
one only its own city, day or pin.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import time

from exchange.planner.problem.event_counts import training_count
from exchange.planner.problem.problem import Forbidden, Pin, PlannedCity, Problem, Trainings, hours_of
from exchange.rules.sentences import Sentence

Drop = Callable[[Problem], Problem]


@dataclass(frozen=True)
class Member:
    """A rule that may be part of a conflict; ``rule`` is its name among model_rules.RULES, "" for none."""

    name: str
    group: str
    sentence: Sentence
    drop: Drop
    rule: str = ""


def members_of(problem: Problem, *, is_fine: bool) -> list[Member]:
    """Every rule that could be dropped, those that people think of first to the end."""
    members = [*_rule_members(problem)]
    data = [*_city_members(problem), *_forbidden_members(problem), *_held_members(problem)]
    if is_fine:
        return members + data
    groups: dict[str, list[Member]] = {}
    for member in data:
        groups.setdefault(member.group, []).append(member)
    return members + [_together(group, each) for group, each in groups.items()]


def _together(group: str, members: list[Member]) -> Member:
    def drop(problem: Problem) -> Problem:
        for member in members:
            problem = member.drop(problem)
        return problem

    return Member(group, group, members[0].sentence, drop)


def _same(problem: Problem) -> Problem:
    return problem


def _rule_members(problem: Problem) -> Iterator[Member]:
    for rule, sentence in rule_sentences(problem).items():
        if rule in problem.given_up:
            continue
        yield Member(rule, rule, sentence, _same, rule)


def rule_sentences(problem: Problem) -> dict[str, Sentence]:
    """The rules of a problem by their names, as a person would say them."""
    found = {"weeks": Sentence("No two events are in one week.")}
    if problem.cycles:
        weeks = " or ".join(str(week) for week in problem.cycles.session_weeks)
        found["sessions"] = Sentence("Each cycle has its session in week %(weeks)s.", {"weeks": weeks})
    if problem.trainings:
        found["gaps"] = _gaps_sentence(problem.trainings)
        count = training_count(problem)
        found["count"] = Sentence("There are %(count)s training events.", {"count": count})
        found["kinds"] = Sentence("Each kind of training event has its number a year, in its season.")
        found["hosts"] = Sentence("No host has more than one event more than another.")
        found["hosts in turn"] = Sentence("No host has two training events running.")
    return found


def _gaps_sentence(trainings: Trainings) -> Sentence:
    least, most = trainings.gap_days
    if trainings.last_on is None:
        return Sentence(
            "Training events are %(least)s to %(most)s days apart, and the first and last no farther"
            " from the ends of the horizon.",
            {"least": least, "most": most},
        )
    return Sentence(
        "Training events are %(least)s to %(most)s days apart, the first so far from the one on %(before)s,"
        " and the last no farther from the end of the horizon.",
        {"least": least, "most": most, "before": trainings.last_on},
    )


def _city_members(problem: Problem) -> Iterator[Member]:
    for city in problem.cities:
        if city.is_lead and city.country:
            sentence = "No event falls on a holiday of %(city)s."
            yield _city_member("holidays", city, sentence, _without_holidays)
        elif city.country and problem.trainings and city.id in problem.trainings.hosts:
            sentence = "No event that %(city)s hosts falls on a holiday there."
            yield _city_member("holidays", city, sentence, _without_holidays)
        if city.is_needed and city.quiet:
            sentence = "No event falls in a quiet period of %(city)s."
            yield _city_member("quiet", city, sentence, lambda each: replace(each, quiet=()))
        if city.is_needed and city.busy:
            sentence = "No event falls in the busy hours of %(city)s."
            yield _city_member("busy", city, sentence, lambda each: replace(each, busy=()))
        if city.acceptable and city.outside_price is None:
            yield _hours_member(city, city.acceptable)


def _city_member(
    group: str, city: PlannedCity, sentence: str, change: Callable[[PlannedCity], PlannedCity]
) -> Member:
    def drop(problem: Problem) -> Problem:
        cities = tuple(change(each) if each.id == city.id else each for each in problem.cities)
        return replace(problem, cities=cities)

    return Member(f"{group}: {city.id}", group, Sentence(sentence, {"city": city.name}), drop)


def _hours_member(city: PlannedCity, acceptable: tuple[time, time]) -> Member:
    """Dropped, the hours count at a price: they are kept wherever they can be."""
    sentence = "Every event lies between %(first)s and %(last)s in %(city)s."
    member = _city_member("hours", city, sentence, lambda each: replace(each, outside_price=1))
    return replace(member, sentence=Sentence(sentence, {"city": city.name, **hours_of(acceptable)}))


def _without_holidays(city: PlannedCity) -> PlannedCity:
    """The city with its weekend, and no other day off."""
    return replace(city, country="", subdivision="", categories=(), weekend=city.days_off)


def _forbidden_members(problem: Problem) -> Iterator[Member]:
    for n, each in enumerate(problem.forbidden):
        yield Member(f"forbidden: {n}", "forbidden", _forbidden_sentence(each), _without_forbidden(each))


def _forbidden_sentence(each: Forbidden) -> Sentence:
    values = {"first": each.first_on, "last": each.last_on}
    if each.kind == "session":
        return Sentence("No session is held from %(first)s to %(last)s.", values)
    if each.kind == "training":
        return Sentence("No training event is held from %(first)s to %(last)s.", values)
    return Sentence("Nothing is held from %(first)s to %(last)s.", values)


def _without_forbidden(each: Forbidden) -> Drop:
    def drop(problem: Problem) -> Problem:
        return replace(problem, forbidden=tuple(other for other in problem.forbidden if other != each))

    return drop


def _held_members(problem: Problem) -> Iterator[Member]:
    for pin in problem.held():
        is_session = pin.kind == "session"
        sentence = "The session on %(on)s stays." if is_session else "The training event on %(on)s stays."
        name = f"held: {pin.kind} {pin.on.isoformat()}"
        yield Member(name, "held", Sentence(sentence, {"on": pin.on}), _without_pin(pin))


def _without_pin(pin: Pin) -> Drop:
    def drop(problem: Problem) -> Problem:
        names = (*problem.unpinned, pin.name) if pin.name else problem.unpinned
        return replace(problem, pins=tuple(other for other in problem.pins if other != pin), unpinned=names)

    return drop

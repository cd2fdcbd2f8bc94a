"""What another place for an entry would cost, and whom, in sentences.

Not the counting (alternatives.py).
"""

from collections.abc import Iterator, Mapping

from exchange.planner.explain.alternatives import Alternative, Comparison
from exchange.planner.files.json_fields import instant_text
from exchange.rules.sentences import Sentence, Value
from exchange.rules.time.timezones import wall_time

NAMED = 4  # cities named; more are counted
NOTHING = (0, 0, 0, 0)  # in no objective more


def place_of(comparison: Comparison, other: Alternative) -> Mapping[str, Value]:
    """The day (``on``) and hours (``at``) of another place, on the wall of its host or of the lead city.

    ``instants`` are the same in UTC: pages turn all into their reader's.
    """
    candidates, walls = comparison.candidates, comparison.candidates.problem.walls
    found = [candidates.clocks.starts_at(other.cell.day, hour) for hour in other.hours]
    shown = [wall_time(at, walls.zone(other.cell.host)) for at in found]
    return {
        "on": candidates.clocks.day(other.cell.day),
        "at": f"{', '.join(f'{wall.at:%H:%M}' for wall in shown)} in {walls.name(other.cell.host)}",
        "instants": " ".join(instant_text(at) for at in found),
    }


def costs_of(comparison: Comparison, index: int, other: Alternative) -> Iterator[Sentence]:
    """What the whole plan would bear more with the entry there, and who would."""
    if other.cost == NOTHING:
        yield _tie(comparison, index, other)
        return
    if not other.clashes and other.outside > 0:
        yield _outside(comparison, index, other)
        return
    yield _more(other)
    if other.cost < NOTHING:
        return
    paying = comparison.payers(index, other)
    values: dict[str, Value] = {"payers": ", ".join(paying[:NAMED]), "more": len(paying) - NAMED}
    if len(paying) > NAMED:
        yield Sentence("It would be borne by %(payers)s and %(more)s more.", values)
    elif paying:
        yield Sentence("It would be borne by %(payers)s.", values)


def _more(other: Alternative) -> Sentence:
    values = {"clashes": other.clashes, "worst": other.worst, "total": abs(other.total)}
    if other.clashes > 0:
        return Sentence("That would meet %(clashes)s more holidays.", values)
    if other.cost < NOTHING:
        return Sentence(
            "That would be better by itself, but not within the rest of the search or of the plan.", values
        )
    if other.worst > 0 and other.total > 0:
        return Sentence(
            "That would cost the city that bears most %(worst)s more, and all together %(total)s more.",
            values,
        )
    if other.worst > 0 and other.total < 0:
        return Sentence(
            "That would cost all together %(total)s less, but the city that bears most %(worst)s more.",
            values,
        )
    if other.worst > 0:
        return Sentence(
            "That would cost the city that bears most %(worst)s more, and all together the same.", values
        )
    return Sentence("That would cost all together %(total)s more.", values)


def _outside(comparison: Comparison, index: int, other: Alternative) -> Sentence:
    """Who would be asked at an hour that nobody there should be asked for."""
    here = comparison.assignment[index]
    already = comparison.asked_outside(here.cell, here.hours)
    asked = [each for each in comparison.asked_outside(other.cell, other.hours) if each not in already]
    names = [comparison.candidates.problem.city(each).name for each in asked]
    values: dict[str, Value] = {"cities": ", ".join(names[:NAMED]), "more": len(names) - NAMED}
    if len(names) > NAMED:
        return Sentence("That is outside the acceptable hours of %(cities)s and %(more)s more.", values)
    return Sentence("That is outside the acceptable hours of %(cities)s.", values)


def _tie(comparison: Comparison, index: int, other: Alternative) -> Sentence:
    """What decides between places that cost the same."""
    placement = comparison.assignment[index]
    here, there = (
        comparison.lesser(placement.cell, placement.hours),
        comparison.lesser(other.cell, other.hours),
    )
    if there[0] > here[0]:
        return Sentence("That would cost the same, but with one more warning, such as a half day.")
    if there[1] and not here[1]:
        return Sentence("That would cost the same, but is not on a preferred weekday.")
    return Sentence("That would cost the same.")

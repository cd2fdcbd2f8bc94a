"""What another place for an entry would cost, and whom, in sentences.

Not the counting (alternatives.py).
"""

from collections.abc import Iterator, Mapping

from exchange.planner.explain.alternatives import Alternative, Comparison
from exchange.planner.files.json_fields import instant_text
from exchange.planner.plan import PLACE
from exchange.rules.sentences import Sentence, Value
from exchange.rules.time.timezones import wall_time

NAMED = 4  # cities named; more are counted


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
    """What the whole plan would have more of with the entry there, and who would bear it.

    The objective is named that decides between the two, in the order in which the search compares plans.
    """
    name, more = comparison.first_difference(other)
    if more < 0:
        yield Sentence(
            "That would be better by itself, but not within the rest of the search or of the plan."
        )
    elif name == "outside":
        yield _outside(comparison, index, other)
    elif name in _SAME:
        yield _SAME[name]
    else:
        yield _more(comparison, other, name, more)
        yield from _payers(comparison, index, other)


_SAME = {  # what decides between places that cost the same
    "": Sentence("That would cost the same."),
    "warnings": Sentence("That would cost the same, but with more warnings, such as half days."),
    "weekdays": Sentence("That would cost the same, but is not on a preferred weekday."),
}


def _more(comparison: Comparison, other: Alternative, name: str, more: int) -> Sentence:
    if name == "clashes":
        return Sentence("That would meet %(clashes)s more holidays.", {"clashes": more})
    if name == "moves":
        return Sentence("That would move %(moves)s more of the entries that stand.", {"moves": more})
    if name == "total":
        return Sentence("That would cost all together %(total)s more.", {"total": more})
    if name.startswith(PLACE):
        return Sentence(
            "That would cost the city that bears most the same, but city %(place)s, counted from it,"
            " %(more)s more.",
            {"place": name.removeprefix(PLACE), "more": more},
        )
    return _worst(other.values.worst - comparison.values.worst, other.values.total - comparison.values.total)


def _worst(worst: int, total: int) -> Sentence:
    values = {"worst": worst, "total": abs(total)}
    if total > 0:
        return Sentence(
            "That would cost the city that bears most %(worst)s more, and all together %(total)s more.",
            values,
        )
    if total < 0:
        return Sentence(
            "That would cost all together %(total)s less, but the city that bears most %(worst)s more.",
            values,
        )
    return Sentence(
        "That would cost the city that bears most %(worst)s more, and all together the same.", values
    )


def _payers(comparison: Comparison, index: int, other: Alternative) -> Iterator[Sentence]:
    paying = comparison.payers(index, other)
    values: dict[str, Value] = {"payers": ", ".join(paying[:NAMED]), "more": len(paying) - NAMED}
    if len(paying) > NAMED:
        yield Sentence("It would be borne by %(payers)s and %(more)s more.", values)
    elif paying:
        yield Sentence("It would be borne by %(payers)s.", values)


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

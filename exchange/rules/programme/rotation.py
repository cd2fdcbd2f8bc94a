"""Whose turn it is to do something for the network in a year, and why: from the turns that are recorded.

It proposes and writes nothing. A year of which nothing is recorded counts for nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from exchange.rules.sentences import Sentence, Value


@dataclass(frozen=True)
class Turn:
    """One recorded turn: ``kind`` is what was done in it, ``cost`` in minor units of ``currency``."""

    year: int
    kind: str
    city: str
    cost: int | None = None
    currency: str = ""


@dataclass(frozen=True)
class Proposal:
    """A city, and why it: one to three sentences."""

    city: str
    reasons: Sequence[Sentence]


def proposed(kind: str, year: int, cities: Collection[str], turns: Collection[Turn]) -> Proposal | None:
    """Whose turn ``kind`` is in ``year`` among ``cities``; None where nobody leads.

    First who never had it or had it longest ago before that year; of several, who had fewest turns of any
    kind; then, where all costs are in one currency, who bore least; then by name. Turns of that year and
    later are not counted.
    """
    if not cities:
        return None
    before = [turn for turn in turns if turn.year < year]
    of_kind = [(turn.city, turn.year) for turn in before if turn.kind == kind]
    last = {city: max((on for whose, on in of_kind if whose == city), default=0) for city in cities}
    longest = sorted(city for city in cities if last[city] == min(last.values()))
    count = {city: sum(turn.city == city for turn in before) for city in longest}
    fewest = [city for city in longest if count[city] == min(count.values())]
    borne = _borne(fewest, before)
    least = [city for city in fewest if borne[city] == min(borne.values())]
    chosen = least[0]
    reasons = [_why_first(chosen, last[chosen], cities, longest)]
    if len(longest) > len(fewest):
        said = {"count": count[chosen]}
        reasons.append(Sentence("It has had fewer turns of any kind than they: %(count)s.", said))
    if len(fewest) > len(least):
        reasons.append(Sentence("It has borne less of the recorded cost than they."))
    if len(least) > 1:
        reasons.append(Sentence("They have borne alike, so the first by name is proposed."))
    return Proposal(chosen, reasons)


def _why_first(city: str, year: int, cities: Collection[str], longest: Sequence[str]) -> Sentence:
    values: dict[str, Value] = {"city": city, "year": str(year)}  # a year stands without a separator
    if len(cities) == 1:
        return Sentence("%(city)s alone leads today.", values)
    if not year and len(longest) == 1:
        return Sentence("No turn of %(city)s is recorded for it.", values)
    if not year:
        return Sentence("No turn of %(city)s is recorded for it, nor of other leads.", values)
    if len(longest) == 1:
        return Sentence(
            "The last recorded turn of %(city)s was in %(year)s, longer ago than that of any other lead.",
            values,
        )
    return Sentence("The last recorded turn of %(city)s was in %(year)s; no lead's was longer ago.", values)


def _borne(cities: Sequence[str], turns: Collection[Turn]) -> dict[str, int]:
    """What each bore of the recorded cost; nothing where currencies differ, which nobody converts here."""
    costs = [turn for turn in turns if turn.cost is not None]
    if len({turn.currency for turn in costs}) != 1:
        return dict.fromkeys(cities, 0)
    return {city: sum(turn.cost or 0 for turn in costs if turn.city == city) for city in cities}

"""The table of rights as a page to read: docs/access.md is what this writes, and a test holds it there."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields

from exchange.rules.access.circles import Circle
from exchange.rules.access.policy import Reach, rows
from exchange.rules.access.rings import Ring, Showing, carried
from exchange.rules.access.things import Kind
from exchange.rules.markings.tlp_labels import Marking

_HEAD = """# Who may do what

Made from `exchange/rules/access` by `make access`; do not edit it here. Every page, list, link, calendar,
letter, file and export asks this table at the moment of use, and nothing else decides.

- **A person's city is their clock, not their right.** Rights come from being lead or contact of a city, a
  seat in a group or on a board, being named, or coordinating or auditing the network. They end with the
  city's membership, with the seat, and when somebody leaves.
- A city that left reads what is TLP:CLEAR, and the answers it handed in itself. Whoever has neither role nor
  seat sees what the public sees.
- **A draft** is known to coordinators alone. What belongs to an exchange is open only to who may know of that
  exchange, but for a product, which stands in the library under a marking of its own, and for the authors of
  an answer.
- **TLP:RED is for the people named on it**, and for nobody else: coordinators neither, unless they are named.
  It is in no export.
- What somebody may not know of is answered as what is not there.

## Rights

| what | right | marking | who |
|---|---|---|---|
"""
_RINGS = """
## What each way of reading carries

Of what somebody may know. The time is always carried, and the marking's label in words. A page holds all.

| way | marking | what it carries |
|---|---|---|
"""
_WITHOUT_MARKING = frozenset(
    {
        *(Kind.CITY, Kind.CALENDAR, Kind.BUSY_CALENDAR, Kind.OWN_CALENDAR),
        *(Kind.DIRECTORY, Kind.LEDGER, Kind.MONEY, Kind.FIGURES, Kind.TRAIL),
    }
)
_WAYS = {
    Ring.PUBLIC: "the public calendar",
    Ring.CITY: "the calendar of a city; lists of pages",
    Ring.GROUP: "the calendar of a group",
    Ring.PERSON: "a person's own calendar, of what they take part in",
    Ring.LETTER: "a letter",
    Ring.BUSY: "a city's busy times",
}
_PARTS = {
    "title": "title",
    "place": "place",
    "description": "description",
    "link": "link for joining",
    "portal": "link to its page",
    "busy_only": "a block of time without a name",
}


def as_markdown() -> str:
    """The whole page."""
    rights = [f"| {' | '.join(cells)} |" for cells in _once(_rights())]
    ways = [f"| {' | '.join(cells)} |" for cells in _once(_ways())]
    return _HEAD + "\n".join(rights) + "\n" + _RINGS + "\n".join(ways) + "\n"


def _once(table: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """What the row above says first is not said again."""
    before: tuple[str, ...] = ()
    for row in table:
        yield ("" if before[:1] == row[:1] else row[0], *row[1:])
        before = row


def _rights() -> Iterator[tuple[str, str, str, str]]:
    for kind, right, reach in rows():
        if kind in _WITHOUT_MARKING:
            yield kind.value, right.value, "", _words(reach[Marking.GREEN])
            continue
        for markings, who in _grouped({marking: _who(reach, marking) for marking in Marking}):
            yield kind.value, right.value, markings, who


def _who(reach: Reach, marking: Marking) -> str:
    circles = reach[marking]
    is_named_already = Circle.NAMED_PEOPLE in circles or marking is not Marking.RED
    return _words(circles) if is_named_already else f"of these, the people named on it: {_words(circles)}"


def _words(circles: Collection[Circle]) -> str:
    return "; ".join(circle.value for circle in Circle if circle in circles)


def _ways() -> Iterator[tuple[str, str, str]]:
    for ring, words in _WAYS.items():
        for markings, what in _grouped({marking: _what(carried(marking, ring)) for marking in Marking}):
            yield words, markings, what


def _what(shown: Showing | None) -> str:
    if shown is None:
        return "nothing"
    found = [_PARTS[part.name] for part in fields(shown) if getattr(shown, part.name)]
    return ", ".join(found) or "the time alone, under a neutral title"


def _grouped(by_marking: dict[Marking, str]) -> Iterator[tuple[str, str]]:
    """Markings of which the same is said, in one row."""
    together: dict[str, list[str]] = {}
    for marking, words in by_marking.items():
        together.setdefault(words, []).append(marking.value.removeprefix("TLP:"))
    for words, markings in together.items():
        yield "every" if len(markings) == len(Marking) else ", ".join(markings), words

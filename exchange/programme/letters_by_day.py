"""Planned letters put together as a coordinator thinks of them: one letter to many people. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exchange.mail.schedule import Planned


@dataclass(frozen=True)
class Sending:
    """One letter about one thing on one day; ``first`` is its earliest copy, to ``people`` in ``cities``."""

    first: Planned
    people: int
    cities: int


def sendings(planned: Iterable[Planned], most: int) -> Sequence[Sending]:
    """The first ``most`` letters, each with how many people get it on its day; planned by moment."""
    together: dict[tuple[str, object, object], list[Planned]] = {}
    for letter in planned:
        about = letter.cycle.id if letter.cycle else None, letter.training.id if letter.training else None
        together.setdefault((letter.kind, about, letter.local.on), []).append(letter)
    first = list(together.values())[:most]
    return [Sending(copies[0], len(copies), len({copy.city for copy in copies})) for copies in first]

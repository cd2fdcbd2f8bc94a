"""Whether the page of a cycle, once it is published, opens to somebody who is written to about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from exchange.access.standings import Seats, standing
from exchange.access.things import thing_about
from exchange.models import Cycle, Person
from exchange.rules.access import policy
from exchange.rules.access.policy import Right
from exchange.rules.access.things import Thing


def can_open_page(person: Person, cycle: Cycle, on: date) -> bool:
    """Whether the cycle's page shows itself to the person once it is published.

    By the seats in its own groups: who reads it as a member of a board finds it without a letter.
    """
    seats, person_id = Seats(), person.id or 0
    seats.groups[person_id] = {
        group.id or 0 for group in cycle.groups if any(seat.person_id == person_id for seat in group.members)
    }
    return policy.may(standing(person, seats, on), Right.READ, _once_published(cycle))


def page_opener(cycle: Cycle, on: date) -> Callable[[Person], bool]:
    """can_open_page of one cycle for many people, whose seats are gone through once."""
    seats = Seats()
    for group in cycle.groups:
        group_id = group.id or 0
        for seat in group.members:
            seats.groups[seat.person_id].add(group_id)
    thing = _once_published(cycle)
    return lambda person: policy.may(standing(person, seats, on), Right.READ, thing)


def _once_published(cycle: Cycle) -> Thing:
    return replace(thing_about(cycle), is_published=True)

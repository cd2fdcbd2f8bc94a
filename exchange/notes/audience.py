"""Who gets a note, when each copy leaves, and how many are left out and why. It sends nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange.access.note_things import thing_of_note
from exchange.mail.schedule.recipients import Roll, load_roll
from exchange.mail.schedule.unsubscribe_links import takes_programme
from exchange.models import City, Note, Person, Role
from exchange.rules.access.policy import Right
from exchange.rules.access.standing import NOBODY
from exchange.rules.letters.note_times import note_leaves_at
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime, wall_time


@dataclass(frozen=True)
class Copies:
    """The copies for readers of one city, which leave together; ``local`` is that on its wall."""

    city: City
    due_at: datetime
    local: WallTime
    readers: Sequence[Person]


@dataclass(frozen=True)
class Audience:
    """Who gets it, by city; and how many do not, by why: their ring, their own word, their address."""

    copies: Sequence[Copies]
    outside_ring: int
    stopped: int
    refused: int

    @property
    def count(self) -> int:
        """How many readers there are."""
        return sum(len(one.readers) for one in self.copies)


def audience_of(session: Session, note: Note, now: datetime) -> Audience:
    """The readers of a note sent at ``now``, each once, whatever they were chosen by."""
    roll = load_roll(session, now.date())
    chosen = [one for one in roll.people if _is_chosen(roll, one, note)]
    once_sent = thing_of_note(note, sent_at=now)
    within = [one for one in chosen if roll.may_do(one.id or 0, Right.READ, once_sent)]
    willing = [one for one in within if note.is_urgent or takes_programme(one)]
    reached = [one for one in willing if one.email.lower() not in roll.refused]
    return Audience(
        copies=sorted(_copies(roll, reached, note, now), key=lambda one: (one.due_at, one.city.name)),
        outside_ring=len(chosen) - len(within),
        stopped=len(within) - len(willing),
        refused=len(willing) - len(reached),
    )


def _is_chosen(roll: Roll, person: Person, note: Note) -> bool:
    """By a city they speak for, a seat, an organisation, a role; at TLP:RED also by their name."""
    standing = roll.standings.get(person.id or 0, NOBODY)
    is_named = note.marking == Marking.RED and person.id in note.named_ids
    return (
        is_named
        or not standing.cities.isdisjoint(note.city_ids)
        or not standing.groups.isdisjoint(note.group_ids)
        or not standing.boards.isdisjoint(note.board_ids)
        or person.organisation_id in note.organisation_ids
        or any(person.has_role(Role(role)) for role in note.roles)
    )


def _copies(roll: Roll, readers: Sequence[Person], note: Note, now: datetime) -> Iterator[Copies]:
    by_city: dict[int, list[Person]] = defaultdict(list)
    for one in readers:
        by_city[one.city_id].append(one)
    for of_city in by_city.values():
        city = of_city[0].city
        due_at = note_leaves_at(roll.reader(of_city[0]).calendar, now, is_urgent=note.is_urgent)
        yield Copies(city, due_at, wall_time(due_at, city.time_zone), of_city)

"""Who somebody is at one moment, as far as rights follow from it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class MemberSpan:
    """A time in which a city is lead or member; both dates included, None is open."""

    city_id: int
    starts_on: date | None = None
    ends_on: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the city is lead or member on ``on``."""
        return (self.starts_on or on) <= on <= (self.ends_on or on)


@dataclass(frozen=True)
class Standing:
    """A person, or the readers of one calendar, as they stand at one moment.

    A person's city is their clock; ``cities`` are only those they lead or are contact of (``leads``:
    lead), while the city's membership holds, ``finances`` those whose finance contact they are, and
    ``left_cities`` those that have left since. ``groups`` and ``boards`` are seats that hold,
    ``organisations`` those they are liaison of, while these work with the network. ``is_in_network``: of a
    city, group or partner of today.
    ``person_id`` None for a visitor and for a calendar that several people read.
    """

    person_id: int | None = None
    is_in_network: bool = False
    plans: bool = False
    audits: bool = False
    cities: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    finances: frozenset[int] = frozenset()
    left_cities: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    boards: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    member_spans: frozenset[MemberSpan] = frozenset()

    def is_member_on(self, on: date) -> bool:
        """Whether one of the cities is lead or member on ``on``."""
        return any(span.city_id in self.cities and span.covers(on) for span in self.member_spans)


NOBODY = Standing()  # a visitor; also whoever holds no role and no seat, or was deactivated

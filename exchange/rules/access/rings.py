"""Audience rings: how much of an event each kind of reader may be shown under its marking.

Not access to pages, which permissions guard: this decides what leaves by feed or letter, and what a
page behind sign-in holds.
"""

from dataclasses import dataclass
from enum import StrEnum

from exchange.rules.markings import Marking


class Ring(StrEnum):
    """Who reads: anybody, a city's or a group's feed, one person's feed, a letter to one person, a page.

    A page stands behind sign-in and holds what the letters that lead to it may not say. A busy feed
    tells others when its owner's time is taken, and nothing else.
    """

    PUBLIC = "public"
    CITY = "city"
    GROUP = "group"
    PERSON = "person"
    LETTER = "letter"
    PAGE = "page"
    BUSY = "busy"


@dataclass(frozen=True)
class Showing:
    """What may be shown. The time always is, and the marking's label save on a busy block.

    ``title`` False means a neutral title in its place ("CTPN event"). ``link`` is the address for
    joining, ``portal`` a link to a page behind sign-in. ``busy_only`` means a block named
    "Private" or "Busy" and nothing else.
    """

    title: bool = False
    place: bool = False
    description: bool = False
    link: bool = False
    portal: bool = False
    busy_only: bool = False


_ALL = Showing(title=True, place=True, description=True, link=True, portal=True)
_TITLE_AND_JOIN = Showing(title=True, link=True)
_TITLE_TEXT_AND_JOIN = Showing(title=True, description=True, link=True, portal=True)
_TIME_ONLY = Showing()
_TITLE_AND_PORTAL = Showing(title=True, portal=True)
_PRIVATE = Showing(busy_only=True)
_SIGN_IN_TO_VIEW = Showing(portal=True)

_TABLE: dict[Ring, dict[Marking, Showing]] = {
    Ring.PUBLIC: {Marking.CLEAR: _ALL},
    Ring.CITY: {
        Marking.CLEAR: _ALL,
        Marking.GREEN: _TITLE_AND_JOIN,
        Marking.AMBER: _TIME_ONLY,
        Marking.AMBER_STRICT: _TIME_ONLY,
    },
    Ring.PERSON: {
        Marking.CLEAR: _ALL,
        Marking.GREEN: _TITLE_TEXT_AND_JOIN,
        Marking.AMBER: _TITLE_AND_PORTAL,
        Marking.AMBER_STRICT: _TITLE_AND_PORTAL,
        Marking.RED: _PRIVATE,
    },
    Ring.LETTER: {
        Marking.CLEAR: _ALL,
        Marking.GREEN: _ALL,
        Marking.AMBER: _TITLE_AND_PORTAL,
        Marking.AMBER_STRICT: _TITLE_AND_PORTAL,
        Marking.RED: _SIGN_IN_TO_VIEW,
    },
    Ring.PAGE: dict.fromkeys(Marking, _ALL),
    Ring.BUSY: dict.fromkeys(set(Marking) - {Marking.RED}, _PRIVATE),
}
_TABLE[Ring.GROUP] = _TABLE[Ring.CITY]

# For the invited alone, in every ring: a need to know in one organisation, and named people.
_INVITED_ONLY = frozenset({Marking.AMBER_STRICT, Marking.RED})


def showing(marking: str | None, ring: Ring, *, is_invited: bool) -> Showing | None:
    """What ``ring`` may be shown of something marked ``marking``; None means not that it exists.

    ``is_invited``: the city, group or person is among those invited. An empty or unknown
    marking is denied everywhere.
    """
    if not marking or marking not in set(Marking):
        return None
    known = Marking(marking)
    if known in _INVITED_ONLY and not is_invited:
        return None
    return _TABLE[ring].get(known)

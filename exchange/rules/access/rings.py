"""How much of what somebody may know each way of reading carries: feeds, letters, pages.

Not who may know of it, which is policy.py's.
"""

from dataclasses import dataclass
from enum import StrEnum

from exchange.rules.markings.tlp_labels import Marking


class Ring(StrEnum):
    """The ways of reading: anybody, the feed of a city, a group or a person, a letter to one person, a page.

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

    @property
    def other_cities(self) -> bool:
        """Whether the other cities that take part may be named, as beside their clocks."""
        return self.place or self.description or self.link


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


def carried(marking: str | None, ring: Ring) -> Showing | None:
    """What ``ring`` carries of something marked ``marking``; None means not that it exists.

    An empty or unknown marking is carried nowhere.
    """
    return _TABLE[ring].get(Marking(marking)) if marking in set(Marking) else None

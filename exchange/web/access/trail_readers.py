"""Who may read the audit trail, and whose texts in it are for them: questions to the policy, nothing more."""

from collections.abc import Iterable

from exchange.access.things import TRAIL
from exchange.rules.access.policy import Right, may
from exchange.rules.access.things import Thing
from exchange.web.access.request_context import Viewer


def may_read_trail(reader: Viewer | None) -> bool:
    """Whether the trail is open to this reader at all."""
    return reader is not None and may(reader.standing, Right.READ, TRAIL)


def may_read_texts(reader: Viewer, about: Iterable[Thing | None]) -> bool:
    """Whether the reader may see more of an entry than number, time, who and what was done.

    ``about`` are the things it tells of; None for one that was deleted since, which closes it to all.
    """
    return all(thing is not None and may(reader.standing, Right.READ, thing) for thing in about)

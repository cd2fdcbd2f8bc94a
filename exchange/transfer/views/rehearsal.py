"""An import tried and taken back, and the import itself: what was said is what happens. No pages."""

import hashlib
from collections.abc import Callable

from sqlmodel import Session

from exchange.errors import InvalidInput
from exchange.transfer.actions import Fate
from exchange.web.access.request_context import transaction

Importing = Callable[[Session], list[Fate]]


class _TakenBack(Exception):
    """Ends a rehearsal, so that its transaction is not committed."""


def rehearsed(importing: Importing) -> list[Fate]:
    """The import, taken back."""
    fates: list[Fate] = []
    try:
        with transaction() as session:
            fates = importing(session)
            raise _TakenBack
    except _TakenBack:
        return fates


def imported(importing: Importing, expected: list[Fate]) -> list[Fate]:
    """What was shown, all or nothing. Raises InvalidInput, and takes it back, when it came out otherwise."""
    with transaction() as session:
        fates = importing(session)
        if fates != expected:
            raise InvalidInput("Something changed meanwhile. Look at the rows again.")
    return fates


def digest_of(fates: list[Fate]) -> str:
    """A name for what was shown."""
    return hashlib.sha256(repr(fates).encode()).hexdigest()

"""The sources of duties, one of each noun that owes something, and what they list for a window of days.

A noun that is to owe something adds its file beside this one, and its line here.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from exchange.duties.from_outside.of_requests import REQUEST, duties_of_requests
from exchange.duties.listed import Listed, Source, Window
from exchange.duties.of_asks import ASKED, duties_of_asks
from exchange.duties.of_attendance import ATTENDANCE, duties_of_attendance
from exchange.duties.of_boards import MINUTES, duties_of_boards
from exchange.duties.of_cycles import ANSWER, REVIEW, STAGE, duties_of_cycles
from exchange.duties.of_findings import ACTION, PROGRESS, duties_of_findings
from exchange.duties.of_nominations import NOMINATION, duties_of_nominations
from exchange.duties.of_products import PRODUCT_REVIEW, duties_of_products
from exchange.duties.of_trainings import MILESTONE, duties_of_trainings
from exchange.duties.owing import Reader, owes
from exchange.rules.access.policy import may
from exchange.rules.duties.duty import State, order_of, state

SOURCES: Sequence[Source] = (
    Source((STAGE, ANSWER, REVIEW), duties_of_cycles),
    Source((MILESTONE,), duties_of_trainings),
    Source((ATTENDANCE,), duties_of_attendance),
    Source((ACTION, PROGRESS), duties_of_findings),
    Source((PRODUCT_REVIEW,), duties_of_products),
    Source((ASKED,), duties_of_asks),
    Source((NOMINATION,), duties_of_nominations),
    Source((REQUEST,), duties_of_requests),
    Source((MINUTES,), duties_of_boards),
)
KINDS = tuple(kind for source in SOURCES for kind in source.kinds)
_NO_LONGER = frozenset({State.DONE, State.VOID})


def duties_within(session: Session, window: Window) -> list[Listed]:
    """Every duty due within the window, done and void ones too, by day, musts first, then by key.

    A fixed number of statements, over rows that dates near the window bound.
    """
    found = (one for source in SOURCES for one in source.list(session, window))
    within = [one for one in found if window.holds(one.duty.due_on)]
    return sorted(within, key=lambda one: order_of(one.duty))


def owed_by(reader: Reader, listed: Sequence[Listed], now: datetime) -> list[Listed]:
    """Those that the reader owes at a moment, of what they may know of then."""
    mine = (one for one in listed if owes(reader, one.duty.owner))
    owed = (one for one in mine if state(one.duty, now) not in _NO_LONGER)
    return [one for one in owed if may(reader.standing, one.right, one.thing)]

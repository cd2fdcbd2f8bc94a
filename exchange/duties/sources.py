"""The sources of duties, one of each noun that owes something, and what they list for a window of days.

A noun that is to owe something adds its file beside this one, and its line here.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from exchange.duties.listed import Listed, Source, Window
from exchange.duties.nouns.agreements import AGREEMENT, PAYER, duties_of_agreements
from exchange.duties.nouns.asks import ASKED, duties_of_asks
from exchange.duties.nouns.attendance import ATTENDANCE, duties_of_attendance
from exchange.duties.nouns.boards import MINUTES, duties_of_boards
from exchange.duties.nouns.cycles import ANSWER, REVIEW, STAGE, duties_of_cycles
from exchange.duties.nouns.documents import DOCUMENT_REVIEW, duties_of_documents
from exchange.duties.nouns.findings import ACTION, ASK_CITIES, PROGRESS, duties_of_findings
from exchange.duties.nouns.nominations import NOMINATION, duties_of_nominations
from exchange.duties.nouns.products import PRODUCT_REVIEW, duties_of_products
from exchange.duties.nouns.projects import DELIVERABLE, duties_of_projects
from exchange.duties.nouns.requests import REQUEST, duties_of_requests
from exchange.duties.nouns.trainings import MILESTONE, duties_of_trainings
from exchange.duties.owing import Reader, owes
from exchange.rules.access.policy import may
from exchange.rules.duties.duty import State, order_of, state

SOURCES: Sequence[Source] = (
    Source((STAGE, ANSWER, REVIEW), duties_of_cycles, is_in_programme=True),
    Source((MILESTONE,), duties_of_trainings, is_in_programme=True),
    Source((ATTENDANCE,), duties_of_attendance),
    Source((ACTION, PROGRESS, ASK_CITIES), duties_of_findings),
    Source((PRODUCT_REVIEW,), duties_of_products),
    Source((ASKED,), duties_of_asks),
    Source((DELIVERABLE,), duties_of_projects),
    Source((NOMINATION,), duties_of_nominations),
    Source((DOCUMENT_REVIEW,), duties_of_documents),
    Source((AGREEMENT, PAYER), duties_of_agreements),
    Source((REQUEST,), duties_of_requests),
    Source((MINUTES,), duties_of_boards),
)
KINDS = tuple(kind for source in SOURCES for kind in source.kinds)
_BESIDE_PROGRAMME = tuple(source for source in SOURCES if not source.is_in_programme)
_NO_LONGER = frozenset({State.DONE, State.VOID})


def duties_within(session: Session, window: Window) -> list[Listed]:
    """Every duty due within the window, done and void ones too, by day, musts first, then by key.

    A fixed number of statements, over rows that dates near the window bound.
    """
    return _within(session, window, SOURCES)


def duties_beside_programme(session: Session, window: Window) -> list[Listed]:
    """The same of those that no calendar has from the programme itself."""
    return _within(session, window, _BESIDE_PROGRAMME)


def _within(session: Session, window: Window, sources: Sequence[Source]) -> list[Listed]:
    found = (one for source in sources for one in source.list(session, window))
    within = [one for one in found if window.holds(one.duty.due_on)]
    return sorted(within, key=lambda one: order_of(one.duty))


def owed_by(reader: Reader, listed: Sequence[Listed], now: datetime) -> list[Listed]:
    """Those that the reader owes at a moment, of what they may know of then."""
    mine = (one for one in listed if owes(reader, one.duty.owner))
    owed = (one for one in mine if state(one.duty, now) not in _NO_LONGER)
    return [one for one in owed if may(reader.standing, one.right, one.thing)]

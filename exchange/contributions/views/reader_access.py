"""Who reads answers, signed in: what the views of this package share. No pages of its own."""

from collections.abc import Iterable

from sqlmodel import Session

from exchange.access.things import thing_of_cycle, things_of_answers
from exchange.answering.eager_loading import cycle_of
from exchange.contributions import queries
from exchange.errors import NotFound
from exchange.models import Contribution, Cycle
from exchange.rules.access.policy import Right
from exchange.web.access.request_context import allowed


def cycle_for_reader(session: Session, cycle_id: int) -> Cycle:
    """The cycle. Raises NotFound for a reader to whom its page does not show itself."""
    cycle = cycle_of(session, cycle_id)
    if not allowed(Right.READ, thing_of_cycle(cycle)):
        raise NotFound("There is no such cycle, or it is not for you to see.")
    return cycle


def answer_for_reader(session: Session, contribution_id: int) -> Contribution:
    """The answer. Raises NotFound when there is none, or its marking leaves the reader out."""
    found = queries.contribution_by_id(session, contribution_id)
    ask = found.party.ask
    # What was answered to other asks is read as results.
    if not ask.is_of_plan or not may_open(found, cycle_of(session, ask.cycle_id or 0)):
        raise NotFound("There is no such answer, or it is not for you to see.")
    return found


def may_open(answer: Contribution, cycle: Cycle) -> bool:
    """Whether the present reader may open an answer of the cycle."""
    return bool(openable([answer], cycle))


def openable(answers: Iterable[Contribution], cycle: Cycle) -> list[Contribution]:
    """Those of the cycle's answers that the present reader may open."""
    thing = things_of_answers(cycle)
    return [one for one in answers if allowed(Right.READ, thing(one, queries.handed_in(one)))]

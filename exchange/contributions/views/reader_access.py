"""Who reads answers, signed in: what the room's views share. No pages of its own."""

from sqlmodel import Session

from exchange.answering.cycles import cycle_of
from exchange.contributions import queries
from exchange.errors import NotFound
from exchange.feeds.readers import page_audiences
from exchange.feeds.redact import showing_of_cycle
from exchange.models import Contribution, Cycle
from exchange.rules.answer_rings import Reading, may_open_answer
from exchange.web.permissions import Permission
from exchange.web.request import may, signed_in, today


def cycle_for_reader(session: Session, cycle_id: int) -> Cycle:
    """The cycle. Raises NotFound for a reader to whom its page does not show itself."""
    cycle = cycle_of(session, cycle_id)
    if not _takes_part(cycle):
        raise NotFound("There is no such cycle, or it is not for you to see.")
    return cycle


def answer_for_reader(session: Session, contribution_id: int) -> Contribution:
    """The answer. Raises NotFound when there is none, or its ring leaves the reader out."""
    found = queries.contribution_by_id(session, contribution_id)
    cycle_for_reader(session, found.party.prompt.cycle_id)
    if not may_open(found):
        raise NotFound("There is no such answer, or it is not for you to see.")
    return found


def may_open(answer: Contribution) -> bool:
    """Whether the present reader, to whom the cycle's page is open, may open the answer."""
    version, person_id = queries.handed_in(answer), signed_in().person.id
    of = [one for one in answer.party.addressees if answer.addressee_id in (None, one.id)]
    reading = Reading(
        wrote=any(one.holder_id == person_id for one in of),
        takes_part=True,
        group_ids=signed_in().group_ids,
    )
    return may_open_answer(version.marking, frozenset(version.group_ids), reading)


def _takes_part(cycle: Cycle) -> bool:
    """Whether the cycle's page shows itself to the reader."""
    reader = signed_in()
    audiences = page_audiences(reader.person.city, reader.group_ids, today())
    shows = any(showing_of_cycle(cycle, audience) is not None for audience in audiences)
    return may(Permission.PLAN_PROGRAMME) or (shows and cycle.published_at is not None)

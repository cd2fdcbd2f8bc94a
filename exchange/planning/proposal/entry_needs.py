"""Which need each entry of a plan answers: of those that were wished for, else of what stands already.

Nothing of it is stored: it follows from the wishes, the entries and what is open still.
"""

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.answering.answered_needs import needs_open_still
from exchange.models import Cycle, Need, NeedEvent
from exchange.planner.plan import Entry
from exchange.planning.proposal.entry_rows import Proposal
from exchange.planning.proposal.plan_entries import kind_of
from exchange.planning.wishes.wishes import EXCHANGE, wishes_from


def needs_of_entries(session: Session, proposal: Proposal) -> dict[str, Need]:
    """By entry name; wished ones that are open still go, in their order, to the first free of their kind."""
    found = _tied(session, proposal)
    document = proposal.request.wishes
    wished = wishes_from(document).needs if document else ()
    still = needs_open_still(session, [one.need_id for one in wished])
    free = sorted(
        (one for one in proposal.plan.entries if one.name not in proposal.places), key=lambda e: e.starts_at
    )
    for one in wished:
        entry = next((each for each in free if _word(each) == one.kind), None)
        if entry is not None and one.need_id in still:
            found[entry.name] = still[one.need_id]
            free.remove(entry)
    return found


def _word(entry: Entry) -> str:
    return EXCHANGE if entry.kind == "session" else kind_of(entry).value


def _tied(session: Session, proposal: Proposal) -> dict[str, Need]:
    """What rows of the programme answer already."""
    rows = {(isinstance(one.row, Cycle), one.row.id): name for name, one in proposal.places.items()}
    cycle_ids = [row_id for is_cycle, row_id in rows if is_cycle]
    training_ids = [row_id for is_cycle, row_id in rows if not is_cycle]
    events = session.exec(
        select(NeedEvent)
        .where(col(NeedEvent.cycle_id).in_(cycle_ids) | col(NeedEvent.training_id).in_(training_ids))
        .options(joinedload(NeedEvent.need).joinedload(Need.round))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(NeedEvent.id).desc())
    )
    return {rows[one.cycle_id is not None, one.cycle_id or one.training_id]: one.need for one in events}

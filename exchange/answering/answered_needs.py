"""Which needs an exchange or a training event answers: tied when its draft is saved, and found for its page.

What a need is and how it ends, exchange.needs says; who may know of one, the policy of its round.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.orm import Mapped, joinedload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange import audit
from exchange.errors import InvalidInput
from exchange.models import Cycle, Need, NeedEvent, NeedsRound, NeedState, Person, TrainingEvent

_CLOSED = (NeedState.ADDRESSED, NeedState.NOT_TRAINING)


def need_with_id(session: Session, need_id: int) -> Need | None:
    """The need, with its round and the cities that it asks."""
    return session.exec(_needs().where(Need.id == need_id)).first()


def needs_answered_by(session: Session, about: Cycle | TrainingEvent) -> Sequence[Need]:
    """The needs tied to it, by round and place."""
    tied = select(NeedEvent.need_id).where(_column(about) == about.id)
    return session.exec(_needs().where(col(Need.id).in_(tied))).all()


def needs_to_quote(session: Session, about: Cycle | TrainingEvent) -> Sequence[Need]:
    """The needs tied to it, and all that are not closed."""
    tied = select(NeedEvent.need_id).where(_column(about) == about.id)
    return session.exec(_needs().where(or_(col(Need.state).not_in(_CLOSED), col(Need.id).in_(tied)))).all()


def open_needs(session: Session) -> dict[int, Need]:
    """By theme the need that nothing answers yet, of the newest round that has one, in the board's order."""
    found: dict[int, Need] = {}
    for need in session.exec(_needs().where(Need.state == NeedState.OPEN)):
        found.setdefault(need.theme_id, need)
    return found


def needs_open_still(session: Session, need_ids: Collection[int]) -> dict[int, Need]:
    """Those of the needs that nothing answers yet, by id."""
    wanted = _needs().where(Need.state == NeedState.OPEN, col(Need.id).in_(need_ids))
    return {need.id or 0: need for need in session.exec(wanted)} if need_ids else {}


def tie(
    session: Session, about: Cycle | TrainingEvent, need: Need, *, actor: Person | None, now: datetime
) -> None:
    """It answers the need, which is programmed from now on; nothing where that is so already.

    Raises InvalidInput when the need was closed meanwhile.
    """
    if need.id in set(session.exec(select(NeedEvent.need_id).where(_column(about) == about.id))):
        return
    locked = session.exec(
        select(Need).where(Need.id == need.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if locked.is_closed:
        raise InvalidInput("The need was closed meanwhile. Open it again first, or plan without it.")
    is_cycle = isinstance(about, Cycle)
    session.add(
        NeedEvent(
            need_id=locked.id or 0,
            cycle_id=about.id if is_cycle else None,
            training_id=None if is_cycle else about.id,
        )
    )
    locked.state = NeedState.PROGRAMMED
    locked.version += 1
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="tie need",
        subject=f"need:{locked.id}",
        after={"answered by": f"{'cycle' if is_cycle else 'training'}:{about.id}"},
        now=now,
    )


def untie(session: Session, about: Cycle | TrainingEvent) -> None:
    """Before a draft is deleted: its needs are open again, where nothing else answers them."""
    for event in session.exec(select(NeedEvent).where(_column(about) == about.id)).all():
        others = select(NeedEvent.id).where(NeedEvent.need_id == event.need_id, NeedEvent.id != event.id)
        if event.need.state == NeedState.PROGRAMMED and session.exec(others).first() is None:
            event.need.state = NeedState.OPEN
            event.need.version += 1
        session.delete(event)


def _needs() -> SelectOfScalar[Need]:
    return (
        select(Need)
        .join(NeedsRound, col(Need.round_id) == col(NeedsRound.id))
        .options(joinedload(Need.round).selectinload(NeedsRound.cities))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(NeedsRound.year).desc(), col(Need.rank))
    )


def _column(about: Cycle | TrainingEvent) -> Mapped[int | None]:
    return col(NeedEvent.cycle_id) if isinstance(about, Cycle) else col(NeedEvent.training_id)

"""What the board decides: its order of themes, and how a need ends, each decision with its audit entry.

Given session, actor and ``now``; commits nothing and knows no pages.
"""

from collections.abc import Sequence

from sqlmodel import Session

from exchange import audit
from exchange.errors import Conflict, InvalidInput
from exchange.models import Need, NeedsRound, NeedState, RoundState
from exchange.needs import queries
from exchange.needs.actions import Decider, changed, record
from exchange.needs.drafts import RankedTheme, checked_ranking
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.needs.round_results import RoundResults, ThemeResult


def rank(
    session: Session, found: NeedsRound, results: RoundResults, drafts: Sequence[RankedTheme], *, by: Decider
) -> None:
    """The board's order: each theme with a place is a need of the pipeline, with the score it has now.

    A need that was taken before keeps its score. Raises Conflict for a round that is not closed, and
    InvalidInput, field "themes" (see drafts), also for a need that would be dropped without a reason.
    """
    if found.state is not RoundState.CLOSED:
        raise Conflict("Close the round first: results of an open one are shown to nobody.")
    shown = {one.theme: one for one in results.themes if one.network is not None}
    taken = checked_ranking(drafts, shown)
    names = {one.theme_id: one.name for one in found.themes}
    before = {one.theme_id: one for one in queries.needs_of_round(session, found)}
    if set(before) - {one.theme_id for one in taken}:
        raise InvalidInput(
            "A theme that was taken stays in the pipeline: close its need there, with a reason.",
            field="themes",
        )
    for one in taken:
        need = before.get(one.theme_id) or _new_need(found, shown[one.theme_id], names[one.theme_id])
        need.rank, need.reason = one.rank or 0, one.reason.strip()
        session.add(need)
    changed(session, found)
    order = {f"{one.rank}": one.theme_id for one in taken}
    record(session, found, "rank needs", by, after=order)


def close_need(session: Session, need: Need, state: NeedState, *, reason: str, by: Decider) -> None:
    """The need is addressed, or is none that training mends.

    Raises InvalidInput, field "reason", without a reason where no exchange or event answers it, and
    Conflict for one that is closed.
    """
    if need.is_closed:
        raise Conflict("The need is closed already.")
    if state not in {NeedState.ADDRESSED, NeedState.NOT_TRAINING}:
        raise InvalidInput("Choose how it is closed.", field="state")
    if not reason.strip() and (state is NeedState.NOT_TRAINING or not need.events):
        raise InvalidInput("Write the reason: nothing on the calendar answers this need.", field="reason")
    refuse_state_secrets(reason, field="reason")
    before, need.state, need.closing_reason = need.state, state, reason.strip()
    _change_need(session, need, "close need", by, before, reason)


def reopen_need(session: Session, need: Need, *, by: Decider) -> None:
    """What was closed is looked at again."""
    if not need.is_closed:
        raise Conflict("The need is open already.")
    before = need.state
    need.state = NeedState.PROGRAMMED if need.events else NeedState.OPEN
    need.closing_reason = ""
    _change_need(session, need, "reopen need", by, before, "")


def _new_need(found: NeedsRound, result: ThemeResult, name: str) -> Need:
    score = result.network
    assert score is not None  # checked_ranking has refused what is not shown
    return Need(
        round_id=found.id or 0,
        theme_id=result.theme,
        theme_name=name,
        rank=0,
        reason="",
        people=score.people,
        gap=str(score.gap),
        priority=str(score.priority),
        cities=result.cities,
        cities_with_gap=result.cities_with_gap,
    )


def _change_need(session: Session, need: Need, action: str, by: Decider, before: str, reason: str) -> None:
    need.version += 1
    session.add(need)
    session.flush()
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=f"need:{need.id}",
        before={"state": before},
        after={"state": need.state},
        now=by.now,
        reason=reason.strip(),
    )

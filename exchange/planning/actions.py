"""What a coordinator does with plans: ask for one, stop it, choose another beside it, delete it.

Commits nothing and knows no pages. The search itself runs elsewhere: solve_requests.py.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Table, delete, update
from sqlmodel import Session, SQLModel, col, select

from exchange import audit
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.models import Person, PlanEntry, PlanRequest, PlanState
from exchange.planning.proposal.choosing import choose
from exchange.planning.proposal.entry_rows import keep_links_of_children
from exchange.planning.wishes.problem_from_wishes import Document

SECONDS_LEAST, SECONDS_MOST = 5, 3600  # of one search
WAITING_MOST = 20  # requests in the queue; more is a slip of the mouse
_OPEN = (PlanState.WAITING, PlanState.RUNNING)
_REQUESTS: Table = SQLModel.metadata.tables["plan_request"]


def ask_for_plan(
    session: Session,
    problem: Document,
    *,
    wishes: Mapping[str, object],
    seconds: int,
    actor: Person,
    now: datetime,
    parent: PlanRequest | None = None,
) -> PlanRequest:
    """A request that waits for a clock. ``problem`` is a checked PROBLEM.json."""
    if not SECONDS_LEAST <= seconds <= SECONDS_MOST:
        raise InvalidInput(
            "Give the search from %(least)s to %(most)s seconds.",
            field="seconds",
            least=SECONDS_LEAST,
            most=SECONDS_MOST,
        )
    waiting = session.exec(select(PlanRequest.id).where(col(PlanRequest.state).in_(_OPEN))).all()
    if len(waiting) >= WAITING_MOST:
        raise Conflict("%(count)s plans are waiting already. Delete some first.", count=len(waiting))
    request = PlanRequest(
        asked_by_id=actor.id,
        asked_at=now,
        parent_id=parent.id if parent else None,
        wishes=dict(wishes),
        problem=problem,
        start_on=date.fromisoformat(str(problem["start_on"])),
        weeks=int(str(problem["weeks"])),
        seconds_most=seconds,
    )
    session.add(request)
    session.flush()
    after = {"start": problem["start_on"], "weeks": problem["weeks"], "planned again from": request.parent_id}
    _record(session, request, "ask for plan", actor, now, after=after)
    return request


def stop_plan(session: Session, request: PlanRequest, *, actor: Person, now: datetime) -> None:
    """Let the search end and keep its best plan. One that still waits ends without a plan."""
    if request.state == PlanState.WAITING:
        request.state = PlanState.FAILED
        request.failure = "It was stopped before it began."
        request.finished_at = now
    elif request.state == PlanState.RUNNING:
        request.stop_asked_at = request.stop_asked_at or now
    else:
        raise Conflict("The search has ended already.")
    session.flush()
    _record(session, request, "stop plan", actor, now)


def choose_plan(session: Session, request: PlanRequest, name: str, *, actor: Person, now: datetime) -> None:
    """Let another of the plans to choose from be the one that is shown and taken."""
    if request.state in _OPEN:
        raise Conflict("The search is running. Stop it first.")
    choose(session, request, name)
    _record(session, request, "choose plan", actor, now, after={"plan": name})


def delete_plan(session: Session, request: PlanRequest, *, actor: Person, now: datetime) -> None:
    """Forget the request and its plan; what was taken from it stays in the programme.

    Plans that were made from it remember what they know of the programme through it.
    """
    if request.state == PlanState.RUNNING:
        raise Conflict("The search is running. Stop it first.")
    keep_links_of_children(session, request)
    connection = session.connection()
    connection.execute(update(_REQUESTS).where(_REQUESTS.c.parent_id == request.id).values(parent_id=None))
    connection.execute(
        delete(SQLModel.metadata.tables["plan_entry"]).where(col(PlanEntry.plan_id) == request.id)
    )
    _record(session, request, "delete plan", actor, now)
    session.delete(request)
    session.flush()


def claim_request(session: Session, plan_id: int) -> PlanRequest:
    """The request, locked until the transaction ends. Raises NotFound."""
    found = session.exec(select(PlanRequest).where(col(PlanRequest.id) == plan_id).with_for_update()).first()
    if found is None:
        raise NotFound("There is no such plan.")
    return found


def _record(
    session: Session,
    request: PlanRequest,
    action: str,
    actor: Person,
    now: datetime,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(session, actor=actor, action=action, subject=f"plan:{request.id}", now=now, after=after)

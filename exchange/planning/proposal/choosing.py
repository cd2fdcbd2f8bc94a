"""Another of the plans to choose from takes the place of the one that a request shows.

It takes nothing into the programme: adoption.py does.
"""

from sqlmodel import Session

from exchange.errors import Conflict, NotFound
from exchange.models import PlanRequest
from exchange.planner.files.plan_file import plan_from
from exchange.planner.plan import Plan
from exchange.planner.problem.problem import FAIRNESS
from exchange.planning.proposal.entry_rows import keep_links_of_children, links_of

Document = dict[str, object]
_OWN = ("choice", "choices")


def choose(session: Session, request: PlanRequest, name: str) -> None:
    """Let the plan of that name be the request's plan; the one until now can be chosen again.

    Plans that were made from the one until now keep what they know of the programme through it. Raises
    NotFound for a name that is not among them, Conflict once entries are in the programme, or while
    another is being made from the one until now.
    """
    document = request.plan
    plan = plan_from(document) if document is not None else None
    if document is None or plan is None or name not in {each.name for each in plan.choices}:
        raise NotFound("This plan has no such other plan to choose.")
    if links_of(session, request.id or 0):
        raise Conflict("Entries of this plan stand in the programme. Take these drafts back first.")
    keep_links_of_children(session, request)
    choices = document["choices"]
    assert isinstance(choices, list)
    chosen = next(each for each in choices if each["name"] == name)
    until_now = {
        "name": plan.choice,
        "max_allowance": request.problem["max_allowance"],
        "fairness": request.problem.get("fairness", FAIRNESS[0]),
        "plan": {key: value for key, value in document.items() if key not in _OWN},
    }
    others = [each for each in choices if each["name"] != name]
    request.plan = chosen["plan"] | {"choice": name, "choices": [*others, until_now]}
    request.problem = request.problem | {key: chosen[key] for key in ("max_allowance", "fairness")}
    session.flush()


def check_choice(plan: Plan, name: str) -> None:
    """Raise Conflict unless the plan is the one of that name, which somebody looked at before."""
    if plan.choice != name:
        raise Conflict(
            "Somebody chose another plan since you opened this page. Nothing of yours was saved:"
            " that plan stands here now, look at its days before you go on."
        )

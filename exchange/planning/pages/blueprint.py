"""The blueprint that all views of plans stand in, and what they share. No pages of its own."""

from flask import Blueprint, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.planner.problem.problem import Burden
from exchange.planning.pages.queries import plan_request
from exchange.planning.presentation.planner_sentences import for_reader, limits_of
from exchange.planning.presentation.shown_proposal import ShownEntry, shown_entries
from exchange.planning.presentation.words import OBJECTIVES, STATES
from exchange.planning.proposal.entry_rows import Proposal, proposal_of
from exchange.web.access.request_context import (
    observances,
    reader_time_zone,
    settings,
    signed_in,
    stage_plan,
)
from exchange.web.presentation.template_globals import reader_place

Page = str | Response | tuple[str, int]
blueprint = Blueprint("planning", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages of plans show, and the planner's own words for their reader."""
    return {
        "plan_states": STATES,
        "objectives": OBJECTIVES,
        "limits_of": limits_of,
        "in_own_time": lambda said: for_reader(said, reader_time_zone(), reader_place()),
    }


def weights() -> Burden:
    """What an early or late hour costs, by the settings."""
    found = settings()
    return Burden(found.burden_shoulder, found.burden_night, found.burden_per)


def proposal(session: Session, plan_id: int) -> Proposal:
    """The plan with its rows. Raises NotFound."""
    return proposal_of(session, plan_request(session, plan_id), stage_plan())


def own_slug() -> str:
    """The reader's own city."""
    return signed_in().person.city.slug


def entries_of(shown: Proposal) -> list[ShownEntry]:
    """The entries of the plan by date, as the reader sees them."""
    return shown_entries(shown, own_slug(), observances())


def to_plan(plan_id: int) -> Response:
    """The page of one plan."""
    return redirect(url_for("planning.show_plan", plan_id=plan_id), 303)

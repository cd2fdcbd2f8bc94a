"""The blueprint that all views of money stand in, and what they share. No pages of its own."""

from datetime import date

from flask import Blueprint
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.things import MONEY
from exchange.answering.decisions import known_decision
from exchange.errors import NotFound
from exchange.models import Agreement, BoardDecision
from exchange.money.actions import Decider
from exchange.money.words import LINE_KINDS, MONTHS, OUTCOMES
from exchange.rules.access.policy import Right
from exchange.rules.money.amounts import amount_text
from exchange.rules.money.shares import percent_text
from exchange.rules.time.timezones import wall_time
from exchange.web.access.request_context import allowed, now, signed_in, standing

Page = str | Response | tuple[str, int]
blueprint = Blueprint("money", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages of money show, and how amounts, hours and shares are written."""
    return {
        "line_kinds": LINE_KINDS,
        "outcomes": OUTCOMES,
        "month_names": MONTHS,
        "money": amount_text,
        "hours_text": lambda hours: f"{hours / 100:g}",
        "percent": percent_text,
        "may_change_money": allowed(Right.CHANGE, MONEY),
    }


@blueprint.before_request
def read_alone() -> None:
    """To whom money is not open there is no such page."""
    if not allowed(Right.READ, MONEY):
        raise NotFound("There is no such page.")


def by() -> Decider:
    """Who decides by this request."""
    return Decider(signed_in().person, now())


def host_today(agreement: Agreement) -> date:
    """The day it is where the money is held."""
    return wall_time(now(), agreement.host_city.time_zone).on


def decision_shown(session: Session, decision_id: int | None) -> BoardDecision | None:
    """The decision that something rests on, when the reader may know of it."""
    return known_decision(session, decision_id, standing()) if decision_id else None

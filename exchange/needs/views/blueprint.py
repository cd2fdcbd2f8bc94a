"""The blueprint that all views of needs stand in, and what they share. No pages of its own."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.things import thing_of_round
from exchange.errors import NotFound
from exchange.models import NeedsRound
from exchange.needs import queries
from exchange.needs.actions import Decider
from exchange.needs.words import CAUSES, NEED_STATES, ROUND_STATES
from exchange.rules.access.policy import Right
from exchange.web.access.request_context import allowed, now, reading, signed_in, transaction
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt

Page = str | Response | tuple[str, int]
Change = Callable[[Session, NeedsRound, Decider], None]
blueprint = Blueprint("needs", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages of needs show."""
    return {"round_states": ROUND_STATES, "need_states": NEED_STATES, "causes": CAUSES}


def may_read(found: NeedsRound) -> bool:
    """Whether the reader may know of the round, its results and its needs."""
    return allowed(Right.READ, thing_of_round(found))


def round_for(session: Session, round_id: int, right: Right) -> NeedsRound:
    """The round, to somebody who has the right; to everybody else there is none."""
    found = queries.round_of(session, round_id)
    if not may_read(found) or not allowed(right, thing_of_round(found)):
        raise NotFound("There is no such needs round.")
    return found


def by() -> Decider:
    """Who decides by this request."""
    return Decider(signed_in().person, now())


def decide(round_id: int, form: VersionedForm, change: Change) -> Attempt:
    """The change in one transaction, as it was looked at; or what speaks against it, in the form."""
    with attempt(form) as tried, transaction() as session:
        found = queries.claim_round(session, round_id, version=form.opened_version)
        change(session, found, by())
    return tried


def change_page(
    round_id: int, form: VersionedForm, change: Change, *, template: str, said: str, **facts: object
) -> Page:
    """The form; when sent, the change, or the form again with what speaks against it."""
    tried = Attempt(form)
    if form.validate_on_submit():
        tried = decide(round_id, form, change)
        if tried.is_done:
            flash(said)
            return to_round(round_id)
    return render_template(template, form=form, **facts), tried.status


def loaded(round_id: int, right: Right) -> NeedsRound:
    """As round_for, in a session of its own."""
    with reading() as session:
        return round_for(session, round_id, right)


def to_round(round_id: int) -> Response:
    """Back to the page of the round."""
    return redirect(url_for("needs.show_round", round_id=round_id), 303)

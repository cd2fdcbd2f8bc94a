"""The blueprint that all views of preparation stand in, and what they share. No pages of its own."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.duties.prepared import Prepared
from exchange.duties.prepared_events import prepared
from exchange.errors import NotFound
from exchange.preparation import actions
from exchange.preparation.actions import Decider
from exchange.preparation.words import STATES
from exchange.rules.access.policy import Right
from exchange.web.access.request_context import allowed, now, profiles, reading, signed_in, transaction
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt
from exchange.web.presentation.words import RATINGS, zone_place

Page = str | Response | tuple[str, int]
Change = Callable[[Session, Prepared, Decider], None]
blueprint = Blueprint("preparation", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages of preparation show."""
    return {"duty_states": STATES, "ratings": RATINGS, "zone_place": zone_place}


def preparation(session: Session, training_id: int, right: Right) -> Prepared:
    """The preparation, to somebody who has the right; to everybody else there is no such event."""
    found = prepared(session, training_id, profiles(), now())
    if not allowed(right, found.thing):
        raise NotFound("There is no such training event.")
    return found


def loaded(training_id: int, right: Right) -> Prepared:
    """As preparation, in a session of its own."""
    with reading() as session:
        return preparation(session, training_id, right)


def decide(training_id: int, form: VersionedForm, change: Change) -> Attempt:
    """The change in one transaction, as it was looked at; or what speaks against it, in the form."""
    with attempt(form) as tried, transaction() as session:
        found = actions.claim(session, training_id, profiles(), version=form.opened_version, now=now())
        change(session, found, Decider(signed_in().person, now()))
    return tried


def change_page(
    found: Prepared, form: VersionedForm, change: Change, *, template: str, said: str, **facts: object
) -> Page:
    """The form; when sent, the change, or the form again with what speaks against it."""
    tried = Attempt(form)
    if form.validate_on_submit():
        tried = decide(found.event.id, form, change)
        if tried.is_done:
            flash(said)
            return to_preparation(found.event.id)
    return render_template(template, prepared=found, form=form, **facts), tried.status


def to_preparation(training_id: int) -> Response:
    """Back to the page of the event's preparation."""
    return redirect(url_for("preparation.show_preparation", training_id=training_id), 303)

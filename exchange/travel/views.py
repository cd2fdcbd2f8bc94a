"""The page on which a host or a coordinator notes journeys, and the tally of a year."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.things import NETWORK_RECORD, thing_of_attendance
from exchange.errors import NotFound
from exchange.models import TrainingEvent
from exchange.rules.access.policy import Right
from exchange.travel import actions, queries
from exchange.travel.forms import JourneysForm, typed_journeys
from exchange.travel.words import TRANSPORTS
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, now, reading, signed_in, today, transaction
from exchange.web.presentation.refusals import Attempt, attempt
from exchange.web.presentation.words import TRAINING_MODES

Page = str | Response | tuple[str, int]
GONE = "There is no such page, or it is not for you to see."
FIRST_YEAR, LAST_YEAR = 2000, 2100
blueprint = Blueprint("travel", __name__)


@blueprint.route("/trainings/<int:training_id>/journeys", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def note_journeys(training_id: int) -> Page:
    """How many travelled to the event, from which city and how."""
    with reading() as session:
        training = _training_for(session, training_id)
        actions.check_travelled_to(training, now())
        form = JourneysForm(data=typed_journeys(queries.journeys_to(session, training_id)))
        form.offer(queries.city_choices(session))
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = _training_for(session, training_id)
            seen = form.seen.data or ""
            person = signed_in().person
            actions.note_journeys(session, claimed, form.drafts(), seen=seen, actor=person, now=now())
        if tried.is_done:
            flash(_("The journeys are saved. You may come back and change them."))
            return redirect(url_for("travel.note_journeys", training_id=training_id), 303)
    back = url_for("attendance.note_attendance", training_id=training_id)
    return render_template("travel/note_journeys.html", form=form, training=training, back=back), tried.status


@blueprint.get("/travel")
@requires(Permission.SEE_PROGRAMME)
def travel_year() -> Page:
    """How events of the year in the address, or of this one, were held, and how people came to them."""
    if not allowed(Right.READ, NETWORK_RECORD):
        raise NotFound(GONE)
    asked = request.args.get("year", default=today().year, type=int)
    year = min(max(asked, FIRST_YEAR), LAST_YEAR)
    with reading() as session:
        found = queries.travel_of(session, year)
        return render_template(
            "travel/travel_year.html", travel=found, modes=TRAINING_MODES, transports=TRANSPORTS
        )


def _training_for(session: Session, training_id: int) -> TrainingEvent:
    """The event, to who notes who was there; to everybody else there is none."""
    found = queries.training_with_id(session, training_id)
    if not allowed(Right.CHANGE, thing_of_attendance(found)):
        raise NotFound(GONE)
    return found

"""Pages of training events: the list with its gauge, the form with its preview, one event, its deeds."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.errors import InvalidInput
from exchange.invitations.queries import turnout_of_training
from exchange.mail.telling import tell_nobody
from exchange.models import TrainingEvent, TrainingState
from exchange.rules import trainings as rhythm
from exchange.rules.blocks import Blocked
from exchange.trainings import actions, queries
from exchange.trainings.drafts import check_draft, draft_of, moved_draft
from exchange.trainings.forms import (
    PublishForm,
    ReasonForm,
    ResumeForm,
    StateForm,
    TrainingForm,
    VersionedForm,
    typed_from,
)
from exchange.trainings.history import told
from exchange.trainings.impact import impact_of
from exchange.trainings.offers import offer, offered
from exchange.trainings.preview import Preview, preview_of
from exchange.trainings.reader_pages import training_of_city, trainings_of_city
from exchange.web.gauges import gauge_scale
from exchange.web.permissions import Permission, requires
from exchange.web.request import may, now, reading, signed_in, today, transaction
from exchange.web.words import TRAINING_KINDS, TRAINING_MODES, TRAINING_STATES, zone_place

Page = str | Response | tuple[str, int]
Saved = tuple[int, str]  # id and title of an event that stands in the database
Deed = Callable[[Session, TrainingEvent], None]
blueprint = Blueprint("trainings", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages of events show."""
    return {
        "kinds": TRAINING_KINDS,
        "modes": TRAINING_MODES,
        "states": TRAINING_STATES,
        "zone_place": zone_place,
    }


@blueprint.get("/trainings")
@requires(Permission.SEE_PROGRAMME)
def trainings() -> str:
    """All events the reader may know of, and for who plans the rhythm they keep."""
    with reading() as session:
        if not may(Permission.PLAN_PROGRAMME):
            return trainings_of_city(session)
        dates = queries.rhythm_dates(session)
        gauge = rhythm.gauge(dates, today())
        return render_template(
            "trainings/trainings.html",
            coming=queries.trainings_from(session, today()),
            past=queries.trainings_before(session, today()),
            past_scale=gauge_scale(gauge.past),
            ahead_scale=gauge_scale(gauge.ahead),
            window=rhythm.next_window(dates, today()),
        )


@blueprint.route("/trainings/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_training() -> Page:
    """A form with a date in the next window; POST previews or saves."""
    with reading() as session:
        form = offered(session, TrainingForm(data=offer(session)))
    if request.method == "GET":
        return _form_page(form, preview=None, training=None)

    def save(session: Session) -> int:
        opened = actions.open_training(
            session, form.draft(), actor=signed_in().person, now=now(), reason=form.reason.data
        )
        return opened.id or 0

    return _preview_or_save(form, save, training=None)


@blueprint.route("/trainings/<int:training_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_training(training_id: int) -> Page:
    """The form of a saved event; POST previews or saves."""
    with reading() as session:
        training = queries.training(session, training_id)
        form = offered(session, TrainingForm(data=typed_from(training)))
        title = training.title
    if request.method == "GET":
        return _form_page(form, preview=None, training=(training_id, title))

    def save(session: Session) -> int:
        claimed = actions.claim_training(session, training_id, version=form.opened_version)
        actions.edit_training(
            session, claimed, form.draft(), actor=signed_in().person, now=now(), reason=form.reason.data
        )
        if form.is_silent.data:
            tell_nobody(session, claimed, reason=form.reason.data, actor=signed_in().person, now=now())
        return training_id

    return _preview_or_save(form, save, training=(training_id, title))


@blueprint.get("/trainings/<int:training_id>")
@requires(Permission.SEE_PROGRAMME)
def show_training(training_id: int) -> str:
    """One event: everything for who plans, what the marking allows for the others."""
    with reading() as session:
        training = queries.training(session, training_id)
        if not may(Permission.PLAN_PROGRAMME):
            return training_of_city(session, training)
        draft = draft_of(training)
        around = queries.surroundings(session, draft, training_id=training_id)
        return render_template(
            "trainings/show_training.html",
            training=training,
            preview=preview_of(draft, around, reader_city_id=signed_in().person.city_id),
            overrides=queries.overrides_of(session, training_id),
            history=told(queries.history_of(session, training_id)),
            turnout=turnout_of_training(session, training_id),
            state_form=StateForm(data={"version": training.version, "state": training.state}),
        )


@blueprint.route("/trainings/<int:training_id>/publish", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def publish_training(training_id: int) -> Page:
    """What publishing will do, then doing it."""
    form = PublishForm()
    if form.validate_on_submit():
        try:
            _do(training_id, form, _publish)
        except Blocked as error:
            form.add_error(error)
        else:
            flash(_("Published. Feeds are being written anew, and letters go out when they are due."))
            return _to_training(training_id)
    with reading() as session:
        training = queries.training(session, training_id)
        form.version.data = training.version
        impact = impact_of(session, training, now=now())
        page = render_template("trainings/publish_training.html", training=training, form=form, impact=impact)
        return page, 400 if form.errors else 200


@blueprint.route("/trainings/<int:training_id>/cancel", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def cancel_training(training_id: int) -> Page:
    """Calling an event off, with a reason."""
    form = ReasonForm()

    def cancel(session: Session, training: TrainingEvent) -> None:
        actions.cancel_training(
            session, training, reason=form.reason.data, actor=signed_in().person, now=now()
        )

    if form.validate_on_submit():
        _do(training_id, form, cancel)
        flash(_("Cancelled. Calendars that show the event will say so."))
        return _to_training(training_id)
    return _deed_page("trainings/cancel_training.html", training_id, form)


@blueprint.route("/trainings/<int:training_id>/postpone", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def postpone_training(training_id: int) -> Page:
    """Taking an event off its date, with a reason."""
    form = ReasonForm()

    def postpone(session: Session, training: TrainingEvent) -> None:
        actions.postpone_training(
            session, training, reason=form.reason.data, actor=signed_in().person, now=now()
        )

    if form.validate_on_submit():
        _do(training_id, form, postpone)
        flash(_("Postponed. Give it a new date when there is one."))
        return _to_training(training_id)
    return _deed_page("trainings/postpone_training.html", training_id, form)


@blueprint.route("/trainings/<int:training_id>/resume", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def resume_training(training_id: int) -> Page:
    """A new date for an event that was called off."""
    form = ResumeForm()

    def resume(session: Session, training: TrainingEvent) -> None:
        draft = moved_draft(training, on=form.on.data, at=form.at.data)
        actions.resume_training(
            session, training, draft, actor=signed_in().person, now=now(), reason=form.reason.data
        )

    if form.validate_on_submit():
        try:
            _do(training_id, form, resume)
        except InvalidInput as error:
            form.add_error(error)
        else:
            flash(_("On again. Calendars that show the event get its new date."))
            return _to_training(training_id)
    return _deed_page("trainings/resume_training.html", training_id, form)


@blueprint.post("/trainings/<int:training_id>/state")
@requires(Permission.PLAN_PROGRAMME)
def set_state(training_id: int) -> Page:
    """How far the event has come."""
    form = StateForm()
    if not form.validate():
        raise InvalidInput("Choose one of the states offered.")

    def set_it(session: Session, training: TrainingEvent) -> None:
        state = TrainingState(form.state.data)
        actions.set_state(session, training, state, actor=signed_in().person, now=now())

    _do(training_id, form, set_it)
    flash(_("The state is saved."))
    return _to_training(training_id)


def _preview_or_save(form: TrainingForm, save: Callable[[Session], int], *, training: Saved | None) -> Page:
    """The page again with its preview; the saved event when saving was asked for and nothing is wrong."""
    preview = _preview(form, training[0] if training else None) if form.validate() else None
    if preview is None or "preview" in request.form:
        return _form_page(form, preview=preview, training=training)
    try:
        with transaction() as session:
            training_id = save(session)
    except InvalidInput as error:
        form.add_error(error)
        return _form_page(form, preview=preview, training=training)
    flash(_("Saved.") if training else _("Saved as a draft. Nobody else sees it until you publish it."))
    return _to_training(training_id)


def _preview(form: TrainingForm, training_id: int | None) -> Preview | None:
    """What the form would mean; None, with the fault at its field, when the wall time cannot be."""
    with reading() as session:
        try:
            draft = form.draft()
            check_draft(draft)
            around = queries.surroundings(session, draft, training_id=training_id)
            return preview_of(draft, around, reader_city_id=signed_in().person.city_id)
        except InvalidInput as error:
            form.add_error(error)
            return None


def _form_page(form: TrainingForm, *, preview: Preview | None, training: Saved | None) -> Page:
    page = render_template(
        "trainings/new_training.html" if training is None else "trainings/edit_training.html",
        form=form,
        preview=preview,
        training=training,
        zones=sorted(set(form.zones.values())),
    )
    return page, 400 if form.errors else 200


def _do(training_id: int, form: VersionedForm, deed: Deed) -> None:
    """Carry out a deed on the event as the sender of the form saw it."""
    with transaction() as session:
        deed(session, actions.claim_training(session, training_id, version=form.opened_version))


def _publish(session: Session, training: TrainingEvent) -> None:
    actions.publish_training(session, training, actor=signed_in().person, now=now())


def _deed_page(template: str, training_id: int, form: VersionedForm) -> Page:
    with reading() as session:
        training = queries.training(session, training_id)
        if request.method == "GET":
            form.process(
                data={"version": training.version, "on": training.on_local, "at": training.starts_local}
            )
        return render_template(template, training=training, form=form), 400 if form.errors else 200


def _to_training(training_id: int) -> Response:
    return redirect(url_for("trainings.show_training", training_id=training_id), 303)

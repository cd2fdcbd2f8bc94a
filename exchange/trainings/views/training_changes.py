"""Pages that publish an event and that change whether and when it takes place.

Each shows the form with what would follow; actions.py carries it out.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.errors import InvalidInput
from exchange.feeds.content.calendar_previews import calendar_previews
from exchange.mail.schedule.letter_batches import letter_batches
from exchange.models import TrainingEvent, TrainingState
from exchange.trainings import actions, queries
from exchange.trainings.drafts import draft_of, moved_draft
from exchange.trainings.forms import ResumeForm, StateForm
from exchange.trainings.views.blueprint import blueprint
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, signed_in, stage_plan, transaction
from exchange.web.presentation.form_fields import ReasonForm, VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt

Page = str | Response | tuple[str, int]
Change = Callable[[Session, TrainingEvent], None]


@blueprint.get("/trainings/<int:training_id>/publish")
@requires(Permission.PLAN_PROGRAMME)
def publish_training(training_id: int) -> Page:
    """What publication would do: which calendars show what, and who gets which letter when."""
    return _publication(training_id, ReasonForm(formdata=None))


@blueprint.post("/trainings/<int:training_id>/set-aside")
@requires(Permission.PLAN_PROGRAMME)
def set_aside(training_id: int) -> Page:
    """Keep a reason for the blocks that stop publication; back to the page that showed them."""
    form = ReasonForm()
    if not form.validate():
        return _publication(training_id, form), 400
    with attempt(form) as tried, transaction() as session:
        training = actions.claim_training(session, training_id, version=form.opened_version)
        actions.set_aside(session, training, reason=form.reason.data, actor=signed_in().person, now=now())
    if not tried.is_done:
        return _publication(training_id, form), tried.status
    flash(_("The reason is kept."))
    return redirect(url_for("trainings.publish_training", training_id=training_id), 303)


@blueprint.post("/trainings/<int:training_id>/publish")
@requires(Permission.PLAN_PROGRAMME)
def do_publish_training(training_id: int) -> Page:
    """Publish the event as it was shown."""
    form = ReasonForm()  # not validated: a reason is asked for only where a block stops it
    with attempt(form) as tried, transaction() as session:
        training = actions.claim_training(session, training_id, version=form.opened_version)
        actions.publish_training(session, training, actor=signed_in().person, now=now())
    if not tried.is_done:
        return _publication(training_id, form), tried.status
    flash(_("It is published. Calendars follow within a minute."))
    return to_training(training_id)


@blueprint.route("/trainings/<int:training_id>/cancel", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def cancel_training(training_id: int) -> Page:
    """Cancel the event, with the reason."""
    said = _("The event is cancelled.")
    return _call_off(
        training_id, actions.cancel_training, template="trainings/cancel_training.html", said=said
    )


@blueprint.route("/trainings/<int:training_id>/postpone", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def postpone_training(training_id: int) -> Page:
    """Take the event off its date until it gets a new one, with the reason."""
    said = _("The event is postponed. Give it a new date when it is known.")
    template = "trainings/postpone_training.html"
    return _call_off(training_id, actions.postpone_training, template=template, said=said)


@blueprint.route("/trainings/<int:training_id>/resume", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def resume_training(training_id: int) -> Page:
    """A new date for an event that was postponed."""
    training = _loaded(training_id)
    form = ResumeForm(
        data={"version": training.version, "on": training.on_local, "at": training.starts_local}
    )

    def change(session: Session, found: TrainingEvent) -> None:
        draft = moved_draft(found, on=form.on.data, at=form.at.data)
        actions.resume_training(
            session, found, draft, actor=signed_in().person, now=now(), reason=form.reason.data
        )

    said = _("The new date is saved.")
    return _change(training, form, change, template="trainings/resume_training.html", said=said)


@blueprint.post("/trainings/<int:training_id>/state")
@requires(Permission.PLAN_PROGRAMME)
def set_state(training_id: int) -> Page:
    """How far the event has come."""
    form = StateForm()
    if not form.validate():
        raise InvalidInput("Choose one of the states offered.")

    with transaction() as session:
        training = actions.claim_training(session, training_id, version=form.opened_version)
        state = TrainingState(form.state.data)
        actions.set_state(session, training, state, actor=signed_in().person, now=now())
    flash(_("The state is saved."))
    return to_training(training_id)


def _publication(training_id: int, form: ReasonForm) -> str:
    with reading() as session:
        training = queries.training(session, training_id)
        form.version.data = form.version.data or str(training.version)
        return render_template(
            "trainings/publish_training.html",
            training=training,
            form=form,
            blocks=actions.open_blocks(session, training),
            lacks_why=draft_of(training).lacks_why,
            calendars=calendar_previews(session, training),
            batches=letter_batches(session, training, plan=stage_plan(), now=now()),
        )


def _call_off(training_id: int, call_off: Callable[..., None], *, template: str, said: str) -> Page:
    """The form that asks why; when sent, the action with the reason."""
    training = _loaded(training_id)
    form = ReasonForm(data={"version": training.version})

    def change(session: Session, found: TrainingEvent) -> None:
        call_off(session, found, reason=form.reason.data, actor=signed_in().person, now=now())

    return _change(training, form, change, template=template, said=said)


def _change(
    training: TrainingEvent, form: VersionedForm, change: Change, *, template: str, said: str
) -> Page:
    """The form; when sent, the change in one transaction, or the form again with what speaks against it."""
    tried, training_id = Attempt(form), training.id or 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            change(session, actions.claim_training(session, training_id, version=form.opened_version))
        if tried.is_done:
            flash(said)
            return to_training(training_id)
    return render_template(template, training=training, form=form), tried.status


def _loaded(training_id: int) -> TrainingEvent:
    with reading() as session:
        return queries.training(session, training_id)


def to_training(training_id: int) -> Response:
    """Back to the event's page."""
    return redirect(url_for("trainings.show_training", training_id=training_id), 303)

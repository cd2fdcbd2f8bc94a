"""Pages of one milestone: done with evidence, moved, waived, given to somebody, opened again."""

from flask import flash
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.duties.prepared import Line, Prepared
from exchange.errors import Conflict, NotFound
from exchange.preparation import actions
from exchange.preparation.actions import Decider
from exchange.preparation.forms import DoneForm, HourForm, MoveForm, OwnerForm
from exchange.preparation.views.blueprint import (
    Change,
    Page,
    blueprint,
    change_page,
    decide,
    loaded,
    to_preparation,
)
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed
from exchange.web.presentation.form_fields import ReasonForm, VersionedForm

ADDRESS = "/trainings/<int:training_id>/preparation/<milestone>"
USUAL_MINUTES = 90  # of a planning meeting


@blueprint.route(f"{ADDRESS}/done", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def mark_done(training_id: int, milestone: str) -> Page:
    """The milestone is done, and this shows it; also for who owes it."""
    found = loaded(training_id, Right.READ)
    line = found.line(milestone)
    if not allowed(Right.WRITE, found.thing_of(line)):
        raise NotFound("There is no such training event.")
    form = DoneForm(data={"version": found.version})

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.mark_done(session, claimed, claimed.line(milestone), form.evidence.data, by=by)

    return _page(found, line, form, change, template="preparation/mark_done.html")


@blueprint.route(f"{ADDRESS}/move", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def move_milestone(training_id: int, milestone: str) -> Page:
    """Another day for the milestone."""
    found = loaded(training_id, Right.CHANGE)
    line = found.line(milestone)
    form = MoveForm(data={"version": found.version, "on": line.duty.due_on})

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        chosen = claimed.line(milestone)
        actions.move(session, claimed, chosen, form.on.data, reason=form.reason.data, by=by)

    return _page(found, line, form, change, template="preparation/move_milestone.html")


@blueprint.route(f"{ADDRESS}/hour", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def set_hour(training_id: int, milestone: str) -> Page:
    """The hour of a planning meeting, its length, and how to join."""
    found = loaded(training_id, Right.CHANGE)
    line = found.line(milestone)
    if not line.milestone.is_meeting:
        raise NotFound("This milestone is no meeting.")
    step = line.step if line.starts is not None else None
    typed = {
        "at": step.starts_local if step else None,
        "minutes": step.minutes if step else USUAL_MINUTES,
        "place": step.place if step else "",
        "join_link": step.join_link if step else "",
    }
    form = HourForm(data={"version": found.version} | typed)

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.set_hour(session, claimed, claimed.line(milestone), form.draft(), by=by)

    return _page(found, line, form, change, template="preparation/set_hour.html")


@blueprint.post(f"{ADDRESS}/no-hour")
@requires(Permission.SEE_PROGRAMME)
def take_hour(training_id: int, milestone: str) -> Page:
    """The planning meeting has a day and no hour again."""

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.take_hour(session, claimed, claimed.line(milestone), by=by)

    return _at_once(training_id, milestone, change, said=_("It has no hour now."))


@blueprint.route(f"{ADDRESS}/waive", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def waive_milestone(training_id: int, milestone: str) -> Page:
    """Nobody owes the milestone, for a reason."""
    found = loaded(training_id, Right.CHANGE)
    line = found.line(milestone)
    form = ReasonForm(data={"version": found.version})

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.waive(session, claimed, claimed.line(milestone), reason=form.reason.data, by=by)

    return _page(found, line, form, change, template="preparation/waive_milestone.html")


@blueprint.route(f"{ADDRESS}/owner", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def give_milestone(training_id: int, milestone: str) -> Page:
    """Who owes the milestone."""
    found = loaded(training_id, Right.CHANGE)
    line = found.line(milestone)
    form = OwnerForm(data={"version": found.version, "owner": line.owner.email if line.owner else ""})

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.give(session, claimed, claimed.line(milestone), form.owner.data, by=by)

    return _page(found, line, form, change, template="preparation/give_milestone.html")


@blueprint.post(f"{ADDRESS}/reopen")
@requires(Permission.SEE_PROGRAMME)
def reopen_milestone(training_id: int, milestone: str) -> Page:
    """What was done or waived is owed again."""

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.reopen(session, claimed, claimed.line(milestone), by=by)

    return _at_once(training_id, milestone, change, said=_("It is open again."))


def _at_once(training_id: int, milestone: str, change: Change, *, said: str) -> Page:
    """A change by a button, without a form of its own."""
    found = loaded(training_id, Right.CHANGE)
    form = VersionedForm(data={"version": found.version})
    found.line(milestone)
    tried = decide(training_id, form, change)
    if tried.error is not None:
        raise Conflict(tried.error.template, **tried.error.values)
    flash(said)
    return to_preparation(training_id)


def _page(found: Prepared, line: Line, form: VersionedForm, change: Change, *, template: str) -> Page:
    said = _("%(milestone)s is saved.", milestone=line.milestone.name)
    return change_page(found, form, change, template=template, said=said, line=line)

"""Pages that change one thing of a cycle: its start, a stage, a sitting, or whether it takes place.

Each shows the form with what would follow; actions.py carries it out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.cycles import actions, queries
from exchange.cycles.forms import typed_from_sitting
from exchange.cycles.move_forms import MoveSittingForm, MoveStageForm, MoveStartForm
from exchange.cycles.moves import SwallowedSitting, sitting_of, stage_of
from exchange.cycles.preview import clashes_of, span_of
from exchange.cycles.suggestions import BUTTON, OfferedTime, offered_times, take_offer
from exchange.cycles.views.blueprint import blueprint
from exchange.lifecycle import check_version
from exchange.mail.schedule.told_dates import tell_nobody
from exchange.models import Cycle, Publication, Sitting
from exchange.rules.findings.finding_types import Finding
from exchange.rules.findings.overrides import Blocked
from exchange.rules.time.timezones import NonexistentTime
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, signed_in, stage_plan, transaction
from exchange.web.presentation.date_formats import sentence
from exchange.web.presentation.form_fields import ReasonForm, VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt

Answer = str | tuple[str, int] | Response
Change = Callable[[Session, Cycle], None]


@blueprint.route("/cycles/<int:cycle_id>/move-start", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def move_start(cycle_id: int) -> Answer:
    """Another Monday for the cycle; a postponed one is resumed by it."""
    cycle = _loaded(cycle_id)
    form = MoveStartForm(data={"version": cycle.version, "starts_on": cycle.starts_on})

    def change(session: Session, found: Cycle) -> None:
        move = actions.resume_cycle if found.postponed_at else actions.move_start
        move(
            session,
            found,
            form.starts_on.data,
            plan=stage_plan(),
            actor=signed_in().person,
            now=now(),
            reason=form.reason.data,
        )

    return _change(cycle, form, change, template="cycles/move_start.html", said=_("The new dates are saved."))


@blueprint.route("/cycles/<int:cycle_id>/stages/<key>/move", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def move_stage(cycle_id: int, key: str) -> Answer:
    """Another first day for a stage and what follows it."""
    cycle = _loaded(cycle_id)
    stage = stage_of(cycle, key)
    form = MoveStageForm(data={"version": cycle.version, "starts_on": stage.starts_on})

    def change(session: Session, found: Cycle) -> None:
        actions.move_stage(
            session,
            found,
            key,
            form.starts_on.data,
            plan=stage_plan(),
            actor=signed_in().person,
            now=now(),
            reason=form.reason.data,
        )

    said = _("The new dates are saved.")
    return _change(cycle, form, change, template="cycles/move_stage.html", said=said, stage=stage)


@blueprint.route("/cycles/<int:cycle_id>/sittings/<int:sitting_id>/move", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def move_sitting(cycle_id: int, sitting_id: int) -> Answer:
    """Another wall time for one sitting."""
    cycle = _loaded(cycle_id)
    sitting = sitting_of(cycle, sitting_id)
    form = MoveSittingForm(data=typed_from_sitting(cycle, sitting))

    def change(session: Session, found: Cycle) -> None:
        actions.move_sitting(
            session, found, sitting_id, form.move(), plan=stage_plan(), actor=signed_in().person, now=now()
        )

    said = _("The new time is saved.")
    return _change(cycle, form, change, template="cycles/move_sitting.html", said=said, sitting=sitting)


@blueprint.post("/cycles/<int:cycle_id>/stages/<key>/done")
@requires(Permission.PLAN_PROGRAMME)
def mark_done(cycle_id: int, key: str) -> Answer:
    """Say that a stage is done."""
    return _at_once(cycle_id, key, actions.mark_stage_done, _("Marked done."))


@blueprint.post("/cycles/<int:cycle_id>/stages/<key>/reopen")
@requires(Permission.PLAN_PROGRAMME)
def reopen_stage(cycle_id: int, key: str) -> Answer:
    """Take back that a stage is done."""
    return _at_once(cycle_id, key, actions.reopen_stage, _("Open again."))


@blueprint.route("/cycles/<int:cycle_id>/cancel", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def cancel_cycle(cycle_id: int) -> Answer:
    """Cancel the cycle, with the reason."""
    said = _("The cycle is cancelled.")
    return _call_off(cycle_id, actions.cancel_cycle, template="cycles/cancel_cycle.html", said=said)


@blueprint.route("/cycles/<int:cycle_id>/postpone", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def postpone_cycle(cycle_id: int) -> Answer:
    """Take the cycle out of the calendar until it gets a new start, with the reason."""
    said = _("The cycle is postponed. Give it a new start when it is known.")
    return _call_off(cycle_id, actions.postpone_cycle, template="cycles/postpone_cycle.html", said=said)


def say_clashes(cycle_id: int) -> None:
    """Say on the next page who is busy at the meetings as they stand now: forms of moves have no preview."""
    with reading() as session:
        cycle = queries.cycle_to_plan(session, cycle_id)
        if cycle.cancelled_at or cycle.postponed_at:
            return
        for finding in clashes_of(session, span_of(cycle, stage_plan())):
            flash(sentence(finding), "error")


@dataclass(frozen=True)
class _Refusal:
    """Why nothing was saved, as far as the page says more of it than the sentence at the field."""

    offered: Sequence[OfferedTime] = ()
    swallowed: Sitting | None = None
    blocks: Sequence[Finding] = ()


def _call_off(cycle_id: int, call_off: Callable[..., None], *, template: str, said: str) -> Answer:
    """The form that asks why; when sent, the action with the reason."""
    cycle = _loaded(cycle_id)
    form = ReasonForm(data={"version": cycle.version})

    def change(session: Session, found: Cycle) -> None:
        reason, actor = form.reason.data, signed_in().person
        call_off(session, found, reason=reason, plan=stage_plan(), actor=actor, now=now())

    return _change(cycle, form, change, template=template, said=said)


def _change(
    cycle: Cycle, form: VersionedForm, change: Change, *, template: str, said: str, **context: object
) -> Answer:
    """The form; when sent, the change in one transaction, or the form again with what speaks against it."""
    taken = take_offer(form, request.form.get(BUTTON, ""))
    if cycle.publication is not Publication.PUBLISHED and "is_silent" in form:
        del form.is_silent  # of a draft nobody hears, and of what resumes everybody does
    tried = Attempt(form)
    if form.validate_on_submit() and not taken:
        with attempt(form) as tried, transaction() as session:
            found = queries.cycle_to_change(session, cycle.id or 0)
            check_version(found, form.opened_version)
            change(session, found)
            _keep_silent(session, found, form)
        if tried.is_done:
            flash(said)
            say_clashes(cycle.id or 0)
            return redirect(url_for("cycles.show_cycle", cycle_id=cycle.id), 303)
    refusal = _refusal_of(tried.error)
    return render_template(template, form=form, cycle=cycle, refusal=refusal, **context), tried.status


def _refusal_of(error: Exception | None) -> _Refusal:
    return _Refusal(
        offered=offered_times(error) if isinstance(error, NonexistentTime) else (),
        swallowed=error.sitting if isinstance(error, SwallowedSitting) else None,
        blocks=error.findings if isinstance(error, Blocked) else (),
    )


def _keep_silent(session: Session, cycle: Cycle, form: VersionedForm) -> None:
    """Let what was just saved pass in silence when the form asks for it, with a reason."""
    if "is_silent" in form and form.is_silent.data:
        tell_nobody(session, cycle, reason=form.reason.data, actor=signed_in().person, now=now())


def _at_once(cycle_id: int, key: str, change: Callable[..., None], said: str) -> Answer:
    """A change by one button of the page; the version is not asked: it says one thing of one stage."""
    with transaction() as session:
        cycle = queries.cycle_to_change(session, cycle_id)
        change(session, cycle, key, plan=stage_plan(), actor=signed_in().person, now=now())
    flash(said)
    return redirect(url_for("cycles.show_cycle", cycle_id=cycle_id, _anchor="stages"), 303)


def _loaded(cycle_id: int) -> Cycle:
    with reading() as session:
        return queries.cycle_to_plan(session, cycle_id)

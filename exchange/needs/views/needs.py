"""Pages of one need: its score, what answers it, how the score moved, how it ends."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.things import thing_of_cycle, thing_of_round, thing_of_training
from exchange.errors import Conflict, NotFound
from exchange.models import Need, NeedEvent, NeedState
from exchange.needs import queries, ranking
from exchange.needs.forms import CloseNeedForm
from exchange.needs.results import moves_of
from exchange.needs.views.blueprint import Page, blueprint, by, may_read
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, reading, transaction
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/needs/<int:need_id>")
@requires(Permission.SEE_PROGRAMME)
def show_need(need_id: int) -> Page:
    """One need: why it was taken, what answers it, and whether the score moved since."""
    with reading() as session:
        need = _need(session, need_id, Right.READ)
        readable = [one for one in queries.rounds(session) if may_read(one)]
        return render_template(
            "needs/show_need.html",
            need=need,
            events=[one for one in need.events if _may_know(one)],
            moves=moves_of(session, need, readable),
            changes=allowed(Right.CHANGE, thing_of_round(need.round)),
        )


@blueprint.route("/needs/<int:need_id>/close", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def close_need(need_id: int) -> Page:
    """How the need ends, with a reason where nothing on the calendar answers it."""
    with reading() as session:
        need = _need(session, need_id, Right.CHANGE)
    form = CloseNeedForm(data={"version": need.version})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = queries.claim_need(session, need_id, version=form.opened_version)
            ranking.close_need(session, claimed, NeedState(form.state.data), reason=form.reason.data, by=by())
        if tried.is_done:
            flash(_("The need is closed."))
            return _to_need(need_id)
    return render_template("needs/close_need.html", form=form, need=need), tried.status


@blueprint.post("/needs/<int:need_id>/reopen")
@requires(Permission.PLAN_PROGRAMME)
def reopen_need(need_id: int) -> Page:
    """What was closed is looked at again."""
    with reading() as session:
        _need(session, need_id, Right.CHANGE)
    form = VersionedForm()
    with attempt(form) as tried, transaction() as session:
        claimed = queries.claim_need(session, need_id, version=form.opened_version)
        ranking.reopen_need(session, claimed, by=by())
    if tried.error is not None:
        raise Conflict(tried.error.template, **tried.error.values)
    flash(_("The need is open again."))
    return _to_need(need_id)


def _need(session: Session, need_id: int, right: Right) -> Need:
    """The need, to somebody who has the right on its round; to everybody else there is none."""
    found = queries.need_of(session, need_id)
    if not may_read(found.round) or not allowed(right, thing_of_round(found.round)):
        raise NotFound("There is no such need.")
    return found


def _may_know(event: NeedEvent) -> bool:
    """Whether the reader may know of what answers the need."""
    if event.cycle is not None:
        return allowed(Right.READ, thing_of_cycle(event.cycle))
    return event.training is not None and allowed(Right.READ, thing_of_training(event.training))


def _to_need(need_id: int) -> Response:
    return redirect(url_for("needs.show_need", need_id=need_id), 303)

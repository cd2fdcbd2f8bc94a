"""The register of turns by year, and the pages on which a coordinator records one or takes it out."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.access.things import ROTATION
from exchange.answering.decisions import known_decisions
from exchange.errors import NotFound
from exchange.models import RotationKind
from exchange.rotation import actions, queries
from exchange.rotation.forms import TurnForm, typed_turn
from exchange.rotation.views.blueprint import Page, blueprint, by, check, kind_of
from exchange.rules.access.policy import Right
from exchange.rules.programme.rotation import Proposal
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, reading, standing, today, transaction
from exchange.web.presentation.decision_choices import decision_choices
from exchange.web.presentation.form_fields import ReasonForm
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/rotation")
@requires(Permission.SEE_PROGRAMME)
def register() -> Page:
    """Each year with what is recorded of it, for boards, auditors, leads and coordinators."""
    check(Right.READ)
    with reading() as session:
        return render_template(
            "rotation/register.html",
            lines=queries.year_lines(session, today()),
            decisions={one.id: one for one in known_decisions(session, standing())},
            changes=allowed(Right.CHANGE, ROTATION),
        )


@blueprint.route("/rotation/<int:year>/<turn>", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def record_turn(year: int, turn: str) -> Page:
    """Record or change whose turn it is; what is proposed stands in the form until somebody saves it."""
    check(Right.CHANGE)
    kind = kind_of(turn)
    with reading() as session:
        row = queries.turn_of(session, year, kind)
        offered = None if row else _proposal(session, year, kind)
        cities = [(city.id or 0, city.name) for city in queries.cities_to_choose(session)]
        ids = {name: city_id for city_id, name in cities}
        form = TurnForm(data=typed_turn(row, ids.get(offered.city) if offered else None))
        form.offer(cities, decision_choices(session, row.decision_id if row else None))
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            present = queries.claim_turn(session, year, kind, version=form.opened_version)
            actions.record_turn(session, year, kind, present, form.draft(), by=by())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("rotation.register"), 303)
    page = render_template(
        "rotation/record_turn.html", form=form, year=year, kind=kind, row=row, proposal=offered
    )
    return page, tried.status


@blueprint.route("/rotation/<int:year>/<turn>/take-out", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def take_out_turn(year: int, turn: str) -> Page:
    """What was recorded by mistake: the year is unrecorded again."""
    check(Right.CHANGE)
    kind = kind_of(turn)
    with reading() as session:
        row = queries.turn_of(session, year, kind)
    if row is None:
        raise NotFound("Nothing is recorded there.")
    form = ReasonForm(data={"version": row.version})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            present = queries.claim_turn(session, year, kind, version=form.opened_version)
            if present is not None:
                actions.take_out_turn(session, present, reason=form.reason.data, by=by())
        if tried.is_done:
            flash(_("It is unrecorded again."))
            return redirect(url_for("rotation.register"), 303)
    return render_template("rotation/take_out_turn.html", form=form, row=row, kind=kind), tried.status


def _proposal(session: Session, year: int, kind: RotationKind) -> Proposal | None:
    """What the register proposes for the year, if it is one that the register shows."""
    lines = queries.year_lines(session, today())
    return next((line.proposals.get(kind) for line in lines if line.year == year), None)

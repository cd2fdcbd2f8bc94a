"""What projects hand over: a new one, its changes, and the page on which its owner says that it is done."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from exchange.access.project_things import thing_of_deliverable
from exchange.errors import NotFound
from exchange.projects import actions, queries
from exchange.projects.forms import DeliverableForm, DoneForm, typed_deliverable
from exchange.projects.views.blueprint import GONE, Page, blueprint, by, check, deliverable_for, project_for
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, reading, standing, today, transaction
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route("/projects/<int:project_id>/deliverables/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_deliverable(project_id: int) -> Page:
    """What a project is to hand over."""
    form = DeliverableForm()
    with reading() as session:
        found = project_for(session, project_id, Right.CHANGE)
        form.offer(queries.offered(session, standing(), today()).cities)
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            of = project_for(session, project_id, Right.CHANGE)
            actions.add_deliverable(session, of, form.draft(), by=by())
        if tried.is_done:
            flash(_("Saved. Its owner finds it on their desk."))
            return redirect(url_for("projects.show_project", project_id=project_id), 303)
    page = render_template("projects/deliverable.html", form=form, project=found, row=None)
    return page, tried.status


@blueprint.route("/deliverables/<int:deliverable_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_deliverable(deliverable_id: int) -> Page:
    """What is handed over, by whom, by when; or why nobody owes it any more."""
    with reading() as session:
        row = deliverable_for(session, deliverable_id, Right.CHANGE)
        form = DeliverableForm(data=typed_deliverable(row))
        form.offer(queries.offered(session, standing(), today(), keep=row.project).cities)
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = queries.claim_deliverable(session, deliverable_id, version=form.opened_version)
            check(claimed.project, Right.CHANGE)
            actions.edit_deliverable(session, claimed, form.draft(), by=by())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("projects.show_project", project_id=row.project_id), 303)
    page = render_template("projects/deliverable.html", form=form, project=row.project, row=row)
    return page, tried.status


@blueprint.route("/deliverables/<int:deliverable_id>/done", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def hand_over(deliverable_id: int) -> Page:
    """Its owner, or a coordinator, says that it was handed over, and what shows it."""
    with reading() as session:
        row = deliverable_for(session, deliverable_id, Right.WRITE)
    form = DoneForm(data={"version": row.version, "evidence": row.evidence})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = queries.claim_deliverable(session, deliverable_id, version=form.opened_version)
            if not allowed(Right.WRITE, thing_of_deliverable(claimed)):
                raise NotFound(GONE)
            actions.hand_over(session, claimed, form.evidence.data, by=by())
        if tried.is_done:
            flash(_("Thank you: it is saved as handed over."))
            return redirect(url_for("projects.show_project", project_id=row.project_id), 303)
    return render_template("projects/hand_over.html", form=form, row=row), tried.status

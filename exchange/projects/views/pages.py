"""Projects: the list, one of them, a new one, its changes, and its end."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from exchange.access.named_people import addresses_of, names_of
from exchange.access.project_things import thing_of_deliverable, thing_of_project
from exchange.answering.decisions import known_decision
from exchange.markdown import rendered
from exchange.models import Deliverable
from exchange.projects import actions, queries
from exchange.projects.forms import CloseForm, ProjectForm, typed_project
from exchange.projects.views.blueprint import Page, blueprint, by, check, project_for
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import is_lowered
from exchange.rules.time.timezones import wall_time
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import (
    allowed,
    may,
    now,
    reader_time_zone,
    reading,
    standing,
    today,
    transaction,
)
from exchange.web.presentation.decision_choices import decision_choices
from exchange.web.presentation.paging import asked_page, page_of_list
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/projects")
@requires(Permission.SEE_PROGRAMME)
def projects() -> Page:
    """The projects the reader may know of, those that go on first; fifty on a page."""
    with reading() as session:
        found = [one for one in queries.projects_found(session) if allowed(Right.READ, thing_of_project(one))]
        page = page_of_list(found, asked_page())
        return render_template("projects/projects.html", page=page, changes=may(Permission.PLAN_PROGRAMME))


@blueprint.get("/projects/<int:project_id>")
@requires(Permission.SEE_PROGRAMME)
def show_project(project_id: int) -> Page:
    """One project: where it comes from, who takes part, what it hands over by when, what came of it."""
    with reading() as session:
        found, mine = project_for(session, project_id, Right.READ), standing()
        return render_template(
            "projects/show_project.html",
            project=found,
            text=rendered(found.text),
            named=names_of(session, found.named_ids) if found.named_ids else [],
            need=queries.known_need(mine, found.need),
            lesson=found.lesson if found.lesson and queries.knows_lesson(mine, found.lesson) else None,
            decision=known_decision(session, found.decision_id, mine),
            products=[
                (one, queries.title_of(one)) for one in found.products if queries.knows_product(mine, one)
            ],
            trainings=[one for one in found.trainings if queries.knows_training(mine, one)],
            writes={one.id: allowed(Right.WRITE, thing_of_deliverable(one)) for one in found.deliverables},
            changes=allowed(Right.CHANGE, thing_of_project(found)),
            late={one.id for one in found.deliverables if _is_late(one)},
        )


def _is_late(deliverable: Deliverable) -> bool:
    """Whether its day is over on the wall of the city that owes it."""
    city = deliverable.owner_city or (deliverable.owner.city if deliverable.owner else None)
    zone = city.time_zone if city else reader_time_zone()
    return deliverable.due_on < wall_time(now(), zone).on


@blueprint.route("/projects/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_project() -> Page:
    """A new project."""
    form = ProjectForm()
    with reading() as session:
        form.offer(queries.offered(session, standing(), today()), decision_choices(session))
    tried, project_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            project_id = actions.add_project(session, form.draft(), by=by()).id or 0
        if tried.is_done:
            flash(_("The project is saved."))
            return redirect(url_for("projects.show_project", project_id=project_id), 303)
    return render_template("projects/new_project.html", form=form), tried.status


@blueprint.route("/projects/<int:project_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_project(project_id: int) -> Page:
    """What the project is, who takes part, and its marking."""
    with reading() as session:
        found = project_for(session, project_id, Right.CHANGE)
        form = ProjectForm(data=typed_project(found, addresses_of(session, found.named_ids)))
        offered = queries.offered(session, standing(), today(), keep=found)
        form.offer(offered, decision_choices(session, found.decision_id))
    tried = Attempt(form)
    if form.validate_on_submit():
        if is_lowered(found.marking, form.marking.data):
            needs_recent_proof()
        with attempt(form) as tried, transaction() as session:
            claimed = queries.claim_project(session, project_id, version=form.opened_version)
            check(claimed, Right.CHANGE)
            actions.edit_project(session, claimed, form.draft(), reason=form.reason.data, by=by())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("projects.show_project", project_id=project_id), 303)
    return render_template("projects/edit_project.html", form=form, project=found), tried.status


@blueprint.route("/projects/<int:project_id>/close", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def close_project(project_id: int) -> Page:
    """It is over: what came of it, and nobody owes any more what is not handed over."""
    with reading() as session:
        found = project_for(session, project_id, Right.CHANGE)
    form = CloseForm(data={"version": found.version})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = queries.claim_project(session, project_id, version=form.opened_version)
            check(claimed, Right.CHANGE)
            actions.close_project(session, claimed, form.outcome.data, by=by())
        if tried.is_done:
            flash(_("The project is closed."))
            return redirect(url_for("projects.show_project", project_id=project_id), 303)
    return render_template("projects/close_project.html", form=form, project=found), tried.status

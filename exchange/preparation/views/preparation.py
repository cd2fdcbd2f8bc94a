"""The page of an event's preparation: profile, milestones, planning team, objectives."""

from flask import flash, render_template
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.duties.prepared import Prepared
from exchange.preparation import actions, queries
from exchange.preparation.actions import Decider
from exchange.preparation.forms import ObjectivesForm, ProfileForm, TeamForm, typed_objectives
from exchange.preparation.views.blueprint import (
    Page,
    blueprint,
    change_page,
    decide,
    loaded,
    preparation,
    to_preparation,
)
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, now, profiles, reading


@blueprint.get("/trainings/<int:training_id>/preparation")
@requires(Permission.SEE_PROGRAMME)
def show_preparation(training_id: int) -> Page:
    """Everything that the event's preparation owes, for who hosts, plans or owes a part of it."""
    with reading() as session:
        found = preparation(session, training_id, Right.READ)
        return _page(found, _profile_form(found))


@blueprint.post("/trainings/<int:training_id>/preparation/profile")
@requires(Permission.SEE_PROGRAMME)
def choose_profile(training_id: int) -> Page:
    """Another profile for the event; what was decided stays under its milestones."""
    found = loaded(training_id, Right.CHANGE)
    form = _profile_form(found)

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.choose_profile(session, claimed, form.profile.data or "", profiles(), by=by)

    if form.validate():
        tried = decide(training_id, form, change)
        if tried.is_done:
            flash(_("The profile is saved."))
            return to_preparation(training_id)
        return _page(found, form), tried.status
    return _page(found, form), 400


@blueprint.route("/trainings/<int:training_id>/preparation/team", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def planning_team(training_id: int) -> Page:
    """Who plans the event."""
    found = loaded(training_id, Right.CHANGE)
    form = TeamForm(
        data={"version": found.version, "team": "\n".join(sorted(one.email for one in found.members))}
    )

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.set_team(session, claimed, form.addresses, by=by)

    said = _("The planning team is saved. Milestones fall on working days of its cities, too.")
    return change_page(found, form, change, template="preparation/planning_team.html", said=said)


@blueprint.route("/trainings/<int:training_id>/preparation/objectives", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def objectives(training_id: int) -> Page:
    """Three to five objectives, and after the event how each was met."""
    with reading() as session:
        found = preparation(session, training_id, Right.CHANGE)
        themes = queries.themes(session)
    typed = {"version": found.version, "objectives": typed_objectives(found.objectives)}
    form = ObjectivesForm(data=typed)
    form.offer(themes)

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.set_objectives(session, claimed, form.drafts(), by=by)

    said = _("The objectives are saved.")
    is_over = found.is_over(now())
    return change_page(
        found, form, change, template="preparation/objectives.html", said=said, is_over=is_over
    )


def _profile_form(found: Prepared) -> ProfileForm:
    chosen = found.row.profile if found.row else ""
    form = ProfileForm(data={"version": found.version, "profile": chosen})
    form.offer(profiles(), profiles().of_kind(found.training.kind))
    return form


def _page(found: Prepared, form: ProfileForm) -> str:
    is_open = not found.training.cancelled_at
    return render_template(
        "preparation/show_preparation.html",
        prepared=found,
        form=form,
        changes=is_open and allowed(Right.CHANGE, found.thing),
        finishes={
            line.milestone.key
            for line in found.lines
            if is_open and allowed(Right.WRITE, found.thing_of(line))
        },
    )

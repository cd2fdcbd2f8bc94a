"""The page of an event's preparation: profile, milestones, planning team, objectives."""

from flask import flash, render_template
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.access.offered_themes import themes_to_offer
from exchange.access.things import thing_of_link
from exchange.answering.answered_needs import needs_to_quote
from exchange.duties.prepared import Prepared
from exchange.preparation import actions
from exchange.preparation.actions import Decider
from exchange.preparation.forms import (
    ObjectivesForm,
    ProfileForm,
    ReadingForm,
    TeamForm,
    typed_links,
    typed_objectives,
)
from exchange.preparation.planning_meetings import planning_meetings
from exchange.preparation.reading_matter import set_reading
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
from exchange.web.access.request_context import allowed, now, profiles, reader_time_zone, reading
from exchange.web.presentation.quoted_needs import needs_known


@blueprint.get("/trainings/<int:training_id>/preparation")
@requires(Permission.SEE_PROGRAMME)
def show_preparation(training_id: int) -> Page:
    """Everything that the event's preparation owes, for who hosts, plans or owes a part of it."""
    with reading() as session:
        found = preparation(session, training_id, Right.READ)
        return _page(session, found, _profile_form(found))


@blueprint.post("/trainings/<int:training_id>/preparation/profile")
@requires(Permission.SEE_PROGRAMME)
def choose_profile(training_id: int) -> Page:
    """Another profile for the event; what was decided stays under its milestones."""
    found = loaded(training_id, Right.CHANGE)
    form = _profile_form(found)

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.choose_profile(session, claimed, form.profile.data or "", profiles(), by=by)

    status = 400
    if form.validate():
        tried = decide(training_id, form, change)
        if tried.is_done:
            flash(_("The profile is saved."))
            return to_preparation(training_id)
        status = tried.status
    with reading() as session:
        return _page(session, preparation(session, training_id, Right.CHANGE), form), status


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
        themes = themes_to_offer(session)
        needs = _offered_needs(session, found)
    typed = {"version": found.version, "objectives": typed_objectives(found.objectives)}
    form = ObjectivesForm(data=typed)
    form.offer(themes, needs)

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        actions.set_objectives(session, claimed, form.drafts(), by=by)

    said = _("The objectives are saved.")
    is_over = found.is_over(now())
    return change_page(
        found, form, change, template="preparation/objectives.html", said=said, is_over=is_over
    )


def _offered_needs(session: Session, found: Prepared) -> list[tuple[int, str]]:
    """The needs to choose from; one that an objective answers stays, known to the reader or not."""
    quotable = needs_to_quote(session, found.training)
    known = {need.id for need in needs_known(quotable)}
    kept = {one.need_id for one in found.objectives}
    named = [(need.id or 0, f"{need.round.year}: {need.theme_name}") for need in quotable if need.id in known]
    unnamed = [
        (need.id or 0, _("A need that you may not read"))
        for need in quotable
        if need.id in kept and need.id not in known
    ]
    return named + unnamed


@blueprint.route("/trainings/<int:training_id>/preparation/reading", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def reading_matter(training_id: int) -> Page:
    """Links to what there is to read, each with its marking, and whom to turn to at the event."""
    with reading() as session:
        found = preparation(session, training_id, Right.CHANGE)
        typed = {
            "version": found.version,
            "welfare": found.training.welfare,
            "links": typed_links(found.training),
        }
    form = ReadingForm(data=typed)

    def change(session: Session, claimed: Prepared, by: Decider) -> None:
        set_reading(session, claimed, form.welfare.data, form.drafts(), by=by)

    said = _("What there is to read, and whom to turn to, is saved.")
    return change_page(found, form, change, template="preparation/reading_matter.html", said=said)


def _profile_form(found: Prepared) -> ProfileForm:
    chosen = found.row.profile if found.row else ""
    form = ProfileForm(data={"version": found.version, "profile": chosen})
    form.offer(profiles(), profiles().of_kind(found.training.kind))
    return form


def _page(session: Session, found: Prepared, form: ProfileForm) -> str:
    meetings = planning_meetings(
        session,
        found,
        profiles(),
        now(),
        own_zone=reader_time_zone(),
        may_know=lambda other: allowed(Right.READ, other.thing),
    )
    is_open = not found.training.cancelled_at
    return render_template(
        "preparation/show_preparation.html",
        prepared=found,
        form=form,
        known_needs=[one.id for one in needs_known(one.need for one in found.objectives if one.need)],
        meetings=meetings,
        reading=[
            one for one in found.training.links if allowed(Right.READ, thing_of_link(found.training, one))
        ],
        changes=is_open and allowed(Right.CHANGE, found.thing),
        finishes={
            line.milestone.key
            for line in found.lines
            if is_open and allowed(Right.WRITE, found.thing_of(line))
        },
    )

"""Actions: the list, one of them, a new one, and its changes."""

from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import true

from exchange.access.offered_themes import themes_to_offer
from exchange.access.things import thing_about
from exchange.audit import people_named
from exchange.follow_up.queries import followed_actions, is_unfinished, of_theme
from exchange.lessons import action_changes, queries
from exchange.lessons.action_changes import claim_action, is_owner
from exchange.lessons.action_forms import ActionForm, typed_action
from exchange.lessons.forms import asked_filters
from exchange.lessons.history import entries_about, told
from exchange.lessons.views.blueprint import Page, action_for, blueprint, decider, lesson_for
from exchange.models import ActionState, Cycle, TrainingEvent
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import is_lowered
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import (
    allowed,
    now,
    reading,
    signed_in,
    standing,
    today,
    transaction,
)
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.paging import asked_page, page_of_list
from exchange.web.presentation.refusals import Attempt, attempt

Origin = TypeVar("Origin", Cycle, TrainingEvent)


@blueprint.get("/actions")
@requires(Permission.SEE_PROGRAMME)
def actions() -> Page:
    """The actions the reader may know of that somebody owes, or all, of one theme or all; fifty on a page."""
    shows_all, theme_id = request.args.get("state") == "all", asked_filters().theme_id
    which = true() if shows_all else is_unfinished
    if theme_id is not None:
        which &= of_theme == theme_id
    with reading() as session:
        followed = followed_actions(session, which, now())
        page = page_of_list([one for one in followed if allowed(Right.READ, one.thing)], asked_page())
        return render_template(
            "lessons/actions.html",
            page=page,
            shows_all=shows_all,
            theme_id=theme_id,
            themes=themes_to_offer(session),
        )


@blueprint.route("/findings/<int:lesson_id>/actions/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_action(lesson_id: int) -> Page:
    """A new action of a finding."""
    return _new_action(lesson_id)


@blueprint.route("/actions/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_action_alone() -> Page:
    """A new action that belongs to no finding."""
    return _new_action(None)


@blueprint.get("/actions/<int:action_id>")
@requires(Permission.SEE_PROGRAMME)
def show_action(action_id: int) -> Page:
    """One action: who owes it, by when, how it stands, and what may be done with it."""
    with reading() as session:
        found = action_for(session, action_id, Right.READ)
        changes = allowed(Right.CHANGE, found.thing)
        entries = entries_about(session, found.action) if changes else []
        is_done = found.action.state == ActionState.DONE
        verifies = is_done and not is_owner(found, signed_in().person)
        return render_template(
            "lessons/show_action.html",
            followed=found,
            action=found.action,
            cycle=_known(found.action.of_cycle),
            training=_known(found.action.of_training),
            changes=changes,
            updates=allowed(Right.WRITE, found.thing) and found.action.state != ActionState.VERIFIED,
            verifies=verifies and allowed(Right.REVIEW, found.thing),
            history=told(entries, people_named(session, entries)),
            form=VersionedForm(data={"version": found.action.version}),
        )


@blueprint.route("/actions/<int:action_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_action(action_id: int) -> Page:
    """What is to be done, by whom and by when."""
    with reading() as session:
        found = action_for(session, action_id, Right.CHANGE)
        form = ActionForm(data=typed_action(found.action))
        owned = (found.city.id or 0, found.city.name) if found.action.owner_city_id else None
        origins = queries.origins(session, standing(), today(), keep=found.action)
        form.offer(origins, owner_city=owned)
    tried = Attempt(form)
    if form.validate_on_submit():
        if is_lowered(found.action.marking, form.marking.data):
            needs_recent_proof()
        with attempt(form) as tried, transaction() as session:
            claimed = claim_action(session, action_id, version=form.opened_version, by=decider())
            draft, reason = form.draft(), form.reason.data
            action_changes.edit_action(session, claimed, draft, reason=reason, by=decider())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("lessons.show_action", action_id=action_id), 303)
    return render_template("lessons/edit_action.html", form=form, action=found.action), tried.status


def _known(origin: Origin | None) -> Origin | None:
    """The exchange or event it comes from, for who may know of that: a product is known to more."""
    return origin if origin is not None and allowed(Right.READ, thing_about(origin)) else None


def _new_action(lesson_id: int | None) -> Page:
    form = ActionForm()
    with reading() as session:
        lesson = lesson_for(session, lesson_id, Right.CHANGE) if lesson_id is not None else None
        form.offer(queries.origins(session, standing(), today()))
    tried, action_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            of = lesson_for(session, lesson_id, Right.CHANGE) if lesson_id is not None else None
            made = action_changes.add_action(session, form.draft(), lesson=of, by=decider())
            action_id = made.id or 0
        if tried.is_done:
            flash(_("The action is saved. Its owner finds it on their desk."))
            return redirect(url_for("lessons.show_action", action_id=action_id), 303)
    return render_template("lessons/new_action.html", form=form, lesson=lesson), tried.status

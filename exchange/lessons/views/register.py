"""The register of findings: the list, one of them, a new one, its changes and decisions."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from exchange.access.lesson_things import thing_of_lesson
from exchange.access.named_people import addresses_of, names_of
from exchange.access.offered_themes import themes_to_offer
from exchange.audit import people_named
from exchange.follow_up.queries import followed_actions
from exchange.lessons import actions, queries
from exchange.lessons.actions import claim_lesson, next_states
from exchange.lessons.city_lines import LessonLine, lesson_lines
from exchange.lessons.forms import (
    SOURCES,
    DecideForm,
    LessonForm,
    asked_filters,
    typed_from_recommendation,
    typed_lesson,
)
from exchange.lessons.history import entries_about, told
from exchange.lessons.views.blueprint import Page, blueprint, decider, lesson_for
from exchange.markdown import rendered
from exchange.models import ImprovementAction, Lesson, LessonState
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import is_lowered
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import allowed, now, reading, standing, today, transaction
from exchange.web.presentation.paging import asked_page, page_of_list
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/findings")
@requires(Permission.SEE_PROGRAMME)
def findings() -> Page:
    """All findings the reader may know of, by filters, fifty on a page."""
    filters = asked_filters()
    with reading() as session:
        found = [
            one
            for one in queries.lessons_found(session, filters)
            if allowed(Right.READ, thing_of_lesson(one))
        ]
        return render_template(
            "lessons/findings.html",
            page=page_of_list(found, asked_page()),
            filters=filters,
            themes=themes_to_offer(session),
            sources=SOURCES,
        )


@blueprint.route("/findings/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_finding() -> Page:
    """A new finding; with a recommendation of a product in the address, begun from that."""
    with reading() as session:
        origins = queries.origins(session, standing(), today())
        recommendations = queries.recommendations_of(session, origins.products)
        form = LessonForm(data=_begun(session, origins))
        form.offer(origins)
    tried, lesson_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            lesson_id = actions.write_lesson(session, form.draft(), by=decider()).id or 0
        if tried.is_done:
            flash(_("The finding is saved."))
            return redirect(url_for("lessons.show_finding", lesson_id=lesson_id), 303)
    page = render_template("lessons/new_finding.html", form=form, recommendations=recommendations)
    return page, tried.status


@blueprint.get("/findings/<int:lesson_id>")
@requires(Permission.SEE_PROGRAMME)
def show_finding(lesson_id: int) -> Page:
    """One finding: what it says, how far cities are, its actions; for who changes it the history, too."""
    with reading() as session:
        lesson = lesson_for(session, lesson_id, Right.READ)
        followed = followed_actions(session, ImprovementAction.lesson_id == lesson_id, now())  # type: ignore[arg-type]  # SQLModel types columns as their values
        changes = allowed(Right.CHANGE, thing_of_lesson(lesson))
        entries = entries_about(session, lesson) if changes else []
        return render_template(
            "lessons/show_finding.html",
            lesson=lesson,
            text=rendered(lesson.text, top_heading=3),
            named=names_of(session, lesson.named_ids) if lesson.named_ids else [],
            line=_line(session, lesson),
            actions=[one for one in followed if allowed(Right.READ, one.thing)],
            changes=changes,
            steps=next_states(lesson),
            history=told(entries, people_named(session, entries)),
        )


@blueprint.route("/findings/<int:lesson_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_finding(lesson_id: int) -> Page:
    """What the finding says, where it comes from, and its marking."""
    with reading() as session:
        lesson = lesson_for(session, lesson_id, Right.CHANGE)
        form = LessonForm(data=typed_lesson(lesson, addresses_of(session, lesson.named_ids)))
        form.offer(queries.origins(session, standing(), today(), keep=lesson))
    tried = Attempt(form)
    if form.validate_on_submit():
        if is_lowered(lesson.marking, form.marking.data):
            needs_recent_proof()
        with attempt(form) as tried, transaction() as session:
            claimed = claim_lesson(session, lesson_id, version=form.opened_version)
            actions.edit_lesson(session, claimed, form.draft(), reason=form.reason.data, by=decider())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("lessons.show_finding", lesson_id=lesson_id), 303)
    return render_template("lessons/edit_finding.html", form=form, lesson=lesson), tried.status


@blueprint.route("/findings/<int:lesson_id>/decide", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def decide_finding(lesson_id: int) -> Page:
    """The next step of a lesson: accepted, learned, or rejected for a reason."""
    with reading() as session:
        lesson = lesson_for(session, lesson_id, Right.CHANGE)
    form = DecideForm(data={"version": lesson.version})
    form.offer(next_states(lesson))
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = claim_lesson(session, lesson_id, version=form.opened_version)
            to = LessonState(form.state.data)
            actions.decide_lesson(session, claimed, to, reason=form.reason.data, by=decider())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("lessons.show_finding", lesson_id=lesson_id), 303)
    return render_template("lessons/decide_finding.html", form=form, lesson=lesson), tried.status


def _begun(session: Session, origins: queries.Origins) -> dict[str, object]:
    """What a recommendation says, of a product that may be chosen; empty without one."""
    product, _dot, of_it = request.args.get("begin", "").partition(".")
    asked = request.args if not product else MultiDict({"product": product, "recommendation": of_it})
    product_id = asked.get("product", type=int)
    number = asked.get("recommendation", type=int)
    if product_id is None or number is None or product_id not in dict(origins.products):
        return {}
    found = queries.recommendation(session, product_id, number)
    return typed_from_recommendation(found) if found else {}


def _line(session: Session, lesson: Lesson) -> LessonLine:
    cities = queries.member_cities(session, today())
    rows = queries.progress_of(session, [lesson.id or 0])
    return lesson_lines([lesson], cities, rows, standing())[0]

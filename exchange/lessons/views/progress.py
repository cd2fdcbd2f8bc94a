"""The page on which a city says how far it is with one finding."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from exchange.audit import people_named
from exchange.follow_up import progress
from exchange.lessons.forms import ProgressForm, typed_progress
from exchange.lessons.history import entries_of_city, told
from exchange.lessons.views.blueprint import Page, blueprint, city_for, decider, lesson_for
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading, transaction
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route("/findings/<int:lesson_id>/cities/<int:city_id>", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def set_progress(lesson_id: int, city_id: int) -> Page:
    """How far the city is, for its lead and contacts and for coordinators."""
    with reading() as session:
        lesson = lesson_for(session, lesson_id, Right.READ)
        city = city_for(session, lesson, city_id)
        form = ProgressForm(data=typed_progress(progress.progress_row(session, lesson, city)))
        entries = entries_of_city(session, lesson, city)
        history = told(entries, people_named(session, entries))
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            found = lesson_for(session, lesson_id, Right.READ)
            where = city_for(session, found, city_id)
            draft = form.draft()
            progress.set_progress(session, found, where, draft, version=form.opened_version, by=decider())
        if tried.is_done:
            flash(_("It is saved how far %(city)s is.", city=city.name))
            return redirect(url_for("lessons.show_finding", lesson_id=lesson_id), 303)
    page = render_template("lessons/set_progress.html", form=form, lesson=lesson, city=city, history=history)
    return page, tried.status

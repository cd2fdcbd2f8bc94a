"""The picture of all cities and findings, and the same as a list in words."""

from flask import render_template

from exchange.access.lesson_things import thing_of_lesson
from exchange.lessons import queries
from exchange.lessons.city_lines import lesson_lines
from exchange.lessons.forms import asked_filters
from exchange.lessons.views.blueprint import Page, blueprint
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, reading, standing, today
from exchange.web.presentation.paging import asked_page, page_of_list


@blueprint.get("/findings/cities")
@requires(Permission.SEE_PROGRAMME)
def city_progress() -> Page:
    """How far cities are with each finding, as far as the reader may know; fifty findings on a page."""
    with reading() as session:
        found = [
            one
            for one in queries.lessons_found(session, asked_filters())
            if allowed(Right.READ, thing_of_lesson(one))
        ]
        page = page_of_list(found, asked_page())
        cities = queries.member_cities(session, today())
        rows = queries.progress_of(session, [one.id or 0 for one in page.rows])
        lines = lesson_lines(page.rows, cities, rows, standing())
        return render_template("lessons/city_progress.html", page=page, cities=cities, lines=lines)

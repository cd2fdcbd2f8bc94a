"""The page on which a coordinator asks cities how far they are with findings."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from exchange.access.lesson_things import thing_of_lesson
from exchange.errors import Conflict
from exchange.follow_up.asked_findings import TEMPLATE
from exchange.lessons import asking
from exchange.lessons.forms import AskCitiesForm
from exchange.lessons.views.blueprint import Page, blueprint, decider
from exchange.models import City
from exchange.rules.access.policy import Right
from exchange.rules.asks.proposed_days import proposed_last_day
from exchange.rules.asks.templates_file import AskTemplate
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    ask_templates,
    reading,
    signed_in,
    today,
    transaction,
)
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route("/findings/ask", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def ask_cities() -> Page:
    """Which cities would be asked, about how many findings each, and until when; the button that asks."""
    template = _template()
    form = AskCitiesForm(data={"closes_on": proposed_last_day(template.closes_in, today())})
    tried, ask_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            city = session.get_one(City, signed_in().person.city_id)
            ask_id = (
                asking.ask_cities(
                    session, template, form.closes_on.data, city=city, on=today(), by=decider()
                ).id
                or 0
            )
        if tried.is_done:
            flash(_("Cities are asked: their leads and contacts get a letter with their link."))
            return redirect(url_for("contributions.show_ask", ask_id=ask_id), 303)
    with reading() as session:
        cities = [
            (one.city, len(one.people), sum(allowed(Right.READ, thing_of_lesson(of)) for of in one.findings))
            for one in asking.cities_to_ask(session, today())
        ]
        is_open = asking.round_that_is_open(session, today())
    page = render_template("lessons/ask_cities.html", form=form, cities=cities, is_open=is_open)
    return page, tried.status


def _template() -> AskTemplate:
    found = ask_templates().get(TEMPLATE)
    if found is None:
        raise Conflict("The file of asks (asks_file) has no template %(key)s to begin with.", key=TEMPLATE)
    return found

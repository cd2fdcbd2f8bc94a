"""For who administers: requests to answer, people to look at, restriction, and blocks on erased addresses."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exchange.models import Decision, Person
from exchange.personal_data import actions, queries
from exchange.personal_data.forms import RIGHTS, DecisionForm, LiftForm, ReasonForm
from exchange.personal_data.retention import quiet_contacts
from exchange.personal_data.retention_rules import read_retention
from exchange.personal_data.views.blueprint import Page, blueprint
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction
from exchange.web.presentation.paging import asked_page
from exchange.web.presentation.refusals import attempt


@blueprint.route("/people/data", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def requests() -> Page:
    """What waits for an answer, whom nobody heard of for long, and the form that lifts a block."""
    form = LiftForm()
    status = 200
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            given = {"why": form.why.data, "actor": signed_in().person}
            actions.lift_block(session, form.email.data, **given, settings=settings(), now=now())
        if tried.is_done:
            flash(_("The address may be entered again."))
            return redirect(url_for("personal_data.requests"), 303)
        status = tried.status
    rules = read_retention(settings().retention_file)
    with reading() as session:
        page = render_template(
            "personal_data/requests.html",
            form=form,
            waiting=queries.waiting_requests(session),
            quiet=quiet_contacts(session, rules, now(), page=asked_page()),
            months=rules.contact_review_months,
            rights=RIGHTS,
            at=now(),
        )
    return page, 400 if form.errors and status == 200 else status


@blueprint.route("/people/data/<int:request_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def decide_request(request_id: int) -> Page:
    """One request and its answer."""
    form = DecisionForm()
    status = 200
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            actions.decide(
                session,
                request_id,
                Decision(form.decision.data),
                answer=form.answer.data,
                actor=signed_in().person,
                settings=settings(),
                now=now(),
            )
        if tried.is_done:
            flash(_("The answer goes out by letter."))
            return redirect(url_for("personal_data.requests"), 303)
        status = tried.status
    with reading() as session:
        waiting = queries.waiting_request(session, request_id)
        page = render_template("personal_data/decide_request.html", form=form, waiting=waiting, rights=RIGHTS)
    return page, 400 if form.errors and status == 200 else status


@blueprint.post("/people/<int:person_id>/reviewed")
@requires(Permission.ADMINISTER)
def reviewed(person_id: int) -> Response:
    """The person is still needed here."""
    with transaction() as session:
        person = queries.person_with_id(session, person_id)
        actions.note_review(session, person, actor=signed_in().person, now=now())
    flash(_("That is noted."))
    return redirect(url_for("personal_data.requests"), 303)


@blueprint.route("/people/<int:person_id>/restrict", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def restrict(person_id: int) -> Page:
    """Keep somebody's data and hardly use them."""
    return _with_reason(person_id, actions.restrict, _("It is restricted."))


@blueprint.route("/people/<int:person_id>/end-restriction", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def end_restriction(person_id: int) -> Page:
    """Use somebody's data as before."""
    return _with_reason(person_id, actions.end_restriction, _("The restriction has ended."))


def _with_reason(person_id: int, act: Callable[..., None], said: str) -> Page:
    form = ReasonForm()
    with reading() as session:
        person = queries.person_with_id(session, person_id)
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            row: Person = queries.person_with_id(session, person_id)
            act(session, row, why=form.why.data, actor=signed_in().person, now=now())
        if tried.is_done:
            flash(said)
            return redirect(url_for("network.edit_person", person_id=person_id), 303)
        status = tried.status
    return render_template("personal_data/restrict.html", form=form, person=person), status

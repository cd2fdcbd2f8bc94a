"""Erasing somebody: what goes, what stays, what they still have to do, and the confirmation."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.access.kept_back import kept_back_from
from exchange.errors import InvalidInput
from exchange.models import Person
from exchange.personal_data import queries
from exchange.personal_data.consequences import consequences_of
from exchange.personal_data.erasure import erase
from exchange.personal_data.forms import EraseForm
from exchange.personal_data.open_tasks import OpenTask, open_tasks
from exchange.personal_data.views.blueprint import Page, blueprint
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import (
    now,
    reading,
    settings,
    signed_in,
    stage_plan,
    standing,
    transaction,
)
from exchange.web.presentation.refusals import attempt


@blueprint.route("/people/<int:person_id>/erase", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def erase_person(person_id: int) -> Page:
    """The consequences; POST erases for good, once whoever sends it has proved that it is they."""
    form = EraseForm()
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        needs_recent_proof()
        with attempt(form) as tried, transaction() as session:
            called = _erase(session, person_id, form)
        if tried.is_done:
            flash(_("Their data are erased. Where they took part they are called %(name)s now.", name=called))
            return redirect(url_for("network.people"), 303)
        status = tried.status
    with reading() as session:
        person = queries.person_with_id(session, person_id)
        tasks = _tasks(session, person)
        if not tasks:
            del form.take_back
        page = render_template(
            "personal_data/erase_person.html",
            form=form,
            person=person,
            consequences=consequences_of(session, person),
            tasks=tasks,
            kept_back=kept_back_from(session, standing()).cycle_ids,
        )
    return page, status


def _erase(session: Session, person_id: int, form: EraseForm) -> str:
    person = queries.person_with_id(session, person_id)
    tasks = _tasks(session, person)
    if tasks and not form.take_back.data:
        raise InvalidInput("Hand their open tasks on first, or take them back.", field="take_back")
    given = {"actor": signed_in().person, "reason": form.why.data}
    return erase(session, person, tasks, **given, settings=settings(), now=now())


def _tasks(session: Session, person: Person) -> list[OpenTask]:
    return open_tasks(session, person, plan=stage_plan(), now=now())

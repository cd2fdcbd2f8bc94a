"""Pages of people."""

from flask import redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.network import queries
from exchange.network.actions.people import add_person
from exchange.network.actions.people import edit_person as save_person
from exchange.network.actions.seats import choose_groups
from exchange.network.forms.people import PersonForm, form_of_person
from exchange.network.views.blueprint import Page, blueprint, form_page, is_saved
from exchange.network.words import ROLES
from exchange.web.permissions import Permission, requires
from exchange.web.request import now, reading, signed_in, today, transaction


@blueprint.get("/network/people")
@requires(Permission.ADMINISTER)
def people() -> str:
    """Everybody with their roles, city and groups."""
    with reading() as session:
        return render_template(
            "network/people.html",
            people=queries.all_people(session),
            groups=queries.groups_of_people(session),
            roles=ROLES,
        )


@blueprint.route("/network/people/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def new_person() -> Response | Page:
    """The form of a new person."""
    form = PersonForm()
    with reading() as session:
        _offer(session, form)

    def save() -> str:
        with transaction() as session:
            actor = signed_in().person
            person = add_person(session, form.draft(), actor=actor, now=now())
            choose_groups(session, person, form.group_ids.data, actor=actor, now=now())
            return person.name

    if is_saved(form, save):
        return redirect(url_for("network.people"), 303)
    return form_page("network/new_person.html", form)


@blueprint.route("/network/people/<int:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def edit_person(person_id: int) -> Response | Page:
    """The form of a person who is there."""
    with reading() as session:
        person = queries.person_with_id(session, person_id)
        groups = queries.groups_of_people(session).get(person_id, [])
        form = form_of_person(person, [group.id for group in groups if group.id])
        _offer(session, form)

    def save() -> str:
        with transaction() as session:
            actor = signed_in().person
            row = queries.person_with_id(session, person_id)
            save_person(session, row, form.draft(), seen=form.seen.data, actor=actor, now=now())
            choose_groups(session, row, form.group_ids.data, actor=actor, now=now())
            return row.name

    if is_saved(form, save):
        return redirect(url_for("network.people"), 303)
    return form_page("network/edit_person.html", form, person=person)


def _offer(session: Session, form: PersonForm) -> None:
    form.offer(queries.cities_by_standing(session, today()), queries.all_groups(session))

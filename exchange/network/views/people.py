"""Pages of people."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.network import queries
from exchange.network.actions.letters_to_members import was_welcomed, welcome, welcome_by_hand
from exchange.network.actions.people import add_person
from exchange.network.actions.people import edit_person as save_person
from exchange.network.actions.seats import choose_groups
from exchange.network.drafts import checked_person
from exchange.network.erased_addresses import refuse_erased
from exchange.network.forms.people import PersonForm, form_of_person
from exchange.network.views.blueprint import Page, blueprint, form_page, is_saved
from exchange.network.words import ROLES
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import now, reading, settings, signed_in, today, transaction
from exchange.web.presentation.paging import asked_page, asked_search


@blueprint.get("/network/people")
@requires(Permission.ADMINISTER)
def people() -> str:
    """Everybody with their roles, city and groups, fifty on a page, with a search."""
    search = asked_search()
    with reading() as session:
        page = queries.people_found(session, search=search, page=asked_page())
        return render_template(
            "network/people.html",
            page=page,
            search=search,
            groups=queries.groups_of_people(session, page.rows),
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
        if form.draft().roles:
            needs_recent_proof()
        with transaction() as session:
            actor = signed_in().person
            refuse_erased(session, checked_person(form.draft()).email, settings())
            person = add_person(session, form.draft(), actor=actor, now=now())
            choose_groups(session, person, form.group_ids.data, actor=actor, settings=settings(), now=now())
            welcome(session, person, settings=settings(), now=now())
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
        groups = queries.groups_of_people(session, [person]).get(person_id, [])
        form = form_of_person(person, [group.id for group in groups if group.id])
        form.keep_roles(person)
        _offer(session, form)
        is_to_welcome = person.is_active and not was_welcomed(session, person)

    def save() -> str:
        # Whose address it is may sign in as them: it is worth as much as a role.
        if form.draft().email != person.email:
            needs_recent_proof()
        with transaction() as session:
            actor = signed_in().person
            row = queries.person_with_id(session, person_id)
            save_person(
                session, row, form.draft(), seen=form.seen.data, actor=actor, settings=settings(), now=now()
            )
            choose_groups(session, row, form.group_ids.data, actor=actor, settings=settings(), now=now())
            return row.name

    if is_saved(form, save):
        return redirect(url_for("network.people"), 303)
    return form_page(
        "network/edit_person.html", form, person=person, roles=ROLES, is_to_welcome=is_to_welcome
    )


@blueprint.post("/network/people/<int:person_id>/welcome")
@requires(Permission.ADMINISTER)
def welcome_person(person_id: int) -> Response:
    """Send the first letter to somebody who came in by a file, or before there was one."""
    with transaction() as session:
        person = queries.person_with_id(session, person_id)
        is_queued = welcome_by_hand(session, person, actor=signed_in().person, settings=settings(), now=now())
    if is_queued:
        flash(_("The first letter leaves in the working hours of %(name)s.", name=person.name))
    else:
        flash(
            _("Nothing was sent: they had it before, have left, or their address takes no letters."), "error"
        )
    return redirect(url_for("network.edit_person", person_id=person_id), 303)


def _offer(session: Session, form: PersonForm) -> None:
    form.offer(
        queries.cities_by_membership(session, today()),
        queries.groups_to_choose(session),
        queries.all_organisations(session),
    )

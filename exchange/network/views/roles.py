"""What roles are for; and one person's roles: given, ended, and by whom and why."""

from collections.abc import Callable

from flask import redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.standings import coordinator_count
from exchange.lifecycle import Change
from exchange.models import Role
from exchange.network import queries
from exchange.network.actions import roles as actions
from exchange.network.forms.roles import RoleForm
from exchange.network.role_history import role_history
from exchange.network.role_purposes import BOARD_MEMBER, GROUP_CHAIR, PUBLIC, purposes_for
from exchange.network.views.blueprint import Page, blueprint, form_page, is_saved
from exchange.network.words import ROLES
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction, viewer

LEAST_COORDINATORS = 2  # one may be away, and the only one cannot end their own role


@blueprint.get("/roles")
@public
def roles() -> str:
    """What each role can do and where it begins, the reader's own first."""
    with reading() as session:
        mine, others = purposes_for(_held_by_reader(session))
    return render_template("network/roles.html", mine=mine, others=others)


@blueprint.get("/network/people/<int:person_id>/roles")
@requires(Permission.ADMINISTER)
def roles_of_person(person_id: int) -> str:
    """Which roles a person holds and held."""
    with reading() as session:
        person = queries.person_with_id(session, person_id)
        return render_template(
            "network/roles_of_person.html",
            person=person,
            history=role_history(session, person),
            words=ROLES,
            are_few=coordinator_count(session) < LEAST_COORDINATORS,
        )


@blueprint.route("/network/people/<int:person_id>/roles/give", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def give_role(person_id: int) -> Response | Page:
    """Say what an appointment does, then appoint, with the reason."""
    return _role_page("network/give_role.html", person_id, actions.GIVE)


@blueprint.route("/network/people/<int:person_id>/roles/end", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def end_role(person_id: int) -> Response | Page:
    """Say what the end of a role does, then end it, with the reason."""
    return _role_page("network/end_role.html", person_id, actions.END)


def _role_page(template: str, person_id: int, action: str) -> Response | Page:
    form = RoleForm()
    with reading() as session:
        person = queries.person_with_id(session, person_id)
    is_end = action == actions.END
    form.offer(role for role in Role if person.has_role(role) is is_end)
    do: Callable[..., None] = actions.end_role if is_end else actions.give_role

    def save() -> str:
        needs_recent_proof()
        with transaction() as session:
            row = queries.person_with_id(session, person_id)
            role = Role(form.role.data)
            change = Change(action, signed_in().person, now(), form.reason.data)
            do(session, row, role, change, settings=settings())
            return f"{ROLES[role]}: {row.name}"

    if is_saved(form, save):
        return redirect(url_for("network.roles_of_person", person_id=person_id), 303)
    return form_page(template, form, person=person)


def _held_by_reader(session: Session) -> set[str]:
    reader = viewer()
    if reader is None:
        return {PUBLIC}
    held = {str(one.role) for one in reader.person.roles}
    held |= {str(Role.EXPERT)} if reader.standing.groups else set()
    held |= {BOARD_MEMBER} if reader.standing.boards else set()
    held |= {GROUP_CHAIR} if queries.chairs_a_group(session, reader.person) else set()
    return held or {PUBLIC}

"""The page on which a coordinator takes somebody's lost second factor away."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.accounts import queries
from exchange.accounts.factor_actions import reset_factor
from exchange.accounts.views.blueprint import Page, blueprint
from exchange.errors import NotFound
from exchange.models import Person
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction


@blueprint.route("/network/people/<int:person_id>/reset-second-factor", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def reset_second_factor(person_id: int) -> Page:
    """Ask, then take it away, end their sessions, and tell them by letter."""
    if request.method == "GET":
        with reading() as session:
            person = _person(session, person_id)
            held = queries.factors_of(session, person)
            return render_template("accounts/reset_factor.html", person=person, factors=held)
    needs_recent_proof()
    with transaction() as session:
        person = _person(session, person_id)
        reset_factor(session, person, actor=signed_in().person, settings=settings(), now=now())
    flash(_("%(name)s can sign in by letter and set up a new second factor.", name=person.name))
    return redirect(url_for("network.edit_person", person_id=person_id), 303)


def _person(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person

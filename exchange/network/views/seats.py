"""What the member list of an expert group or a board does: a seat given, taken away, made the chair."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.errors import InvalidInput, NotFound
from exchange.models import Board, ExpertGroup, Person
from exchange.network import queries
from exchange.network.actions import seats
from exchange.network.actions.seats import Body
from exchange.network.forms.bodies_and_themes import SeatDaysForm, SeatForm
from exchange.network.views.blueprint import Page, blueprint
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction
from exchange.web.presentation.refusals import Attempt, attempt

BODIES: dict[str, type[ExpertGroup] | type[Board]] = {"groups": ExpertGroup, "boards": Board}
_BODY = "/network/<any(groups, boards):kind>/<int:body_id>/members"

Change = Callable[[Session, Body, Person], None]


@blueprint.post(_BODY)
@requires(Permission.ADMINISTER)
def seat_member(kind: str, body_id: int) -> Response:
    """Give the chosen person a seat."""
    form = SeatForm()
    with transaction() as session:
        body = queries.entry_with_id(session, BODIES[kind], body_id)
        form.offer(queries.seatable_people(session), [member.person_id for member in body.members])
        if not form.validate():
            raise InvalidInput("Choose somebody of the list who has no seat yet.")
        person = queries.person_with_id(session, form.person_id.data)
        seats.seat(
            session,
            body,
            person,
            is_chair=form.is_chair.data,
            actor=signed_in().person,
            settings=settings(),
            now=now(),
        )
    return _back(kind, body_id, _("%(name)s has a seat now.", name=person.name))


@blueprint.post(f"{_BODY}/<int:person_id>/unseat")
@requires(Permission.ADMINISTER)
def unseat_member(kind: str, body_id: int, person_id: int) -> Response:
    """Take a person's seat away."""
    person = _do(
        kind,
        body_id,
        person_id,
        lambda s, body, p: seats.unseat(s, body, p, actor=_actor(), settings=settings(), now=now()),
    )
    return _back(kind, body_id, _("%(name)s has no seat any more.", name=person.name))


@blueprint.post(f"{_BODY}/<int:person_id>/<any(chair, member):place>")
@requires(Permission.ADMINISTER)
def name_chair(kind: str, body_id: int, person_id: int, place: str) -> Response:
    """Make a member a chair, or one member among others again."""
    is_chair = place == "chair"
    person = _do(
        kind,
        body_id,
        person_id,
        lambda s, body, p: seats.name_chair(
            s, body, p, is_chair=is_chair, actor=_actor(), settings=settings(), now=now()
        ),
    )
    said = _("%(name)s chairs it now.") if is_chair else _("%(name)s is a member without the chair now.")
    return _back(kind, body_id, said % {"name": person.name})


@blueprint.route("/network/boards/<int:body_id>/members/<int:person_id>/days", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def seat_days(body_id: int, person_id: int) -> Response | Page:
    """From which day to which somebody holds their seat on a board."""
    with reading() as session:
        board = queries.entry_with_id(session, Board, body_id)
        seat = next((one for one in board.members if one.person_id == person_id), None)
        if seat is None:
            raise NotFound("Nobody of this number has a seat on the board.")
    form = SeatDaysForm(data={"starts_on": seat.starts_on, "ends_on": seat.ends_on})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            seats.set_days(
                session,
                queries.entry_with_id(session, Board, body_id),
                queries.person_with_id(session, person_id),
                (form.starts_on.data, form.ends_on.data),
                actor=_actor(),
                settings=settings(),
                now=now(),
            )
        if tried.is_done:
            return _back("boards", body_id, _("The days of the seat are saved."))
    return render_template("network/seat_days.html", form=form, board=board, seat=seat), tried.status


def _do(kind: str, body_id: int, person_id: int, change: Change) -> Person:
    with transaction() as session:
        body = queries.entry_with_id(session, BODIES[kind], body_id)
        person = queries.person_with_id(session, person_id)
        change(session, body, person)
    return person


def _actor() -> Person:
    return signed_in().person


def _back(kind: str, body_id: int, said: str) -> Response:
    flash(said)
    return redirect(url_for("network.edit_entry", kind=kind, entry_id=body_id), 303)

"""The page "My desk": what its reader owes, by when, in their own time; the first page for who owes."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exchange.access.things import MONEY
from exchange.desk.hold_ups import by_party, by_subject
from exchange.desk.queries import Desk, Owed, desk_of, owed_of
from exchange.duties.listed import Plans
from exchange.duties.own_requests import own_requests
from exchange.models import NetworkRequest
from exchange.money.queries import last_agreed_day
from exchange.rules.access.policy import Right
from exchange.rules.duties.duty import State, days_late
from exchange.rules.time.answer_deadlines import closes_at
from exchange.web.access.arrivals import takes_arrival
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    may,
    now,
    profiles,
    reader_time_zone,
    reading,
    signed_in,
    stage_plan,
    standing,
    today,
    viewer,
)
from exchange.web.presentation.words import zone_place

HOME = "programme.home"
LATE_SHOWN = 5  # of what is late with others; the others stand on a page of their own
blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@requires(Permission.SEE_PROGRAMME)
def desk() -> str:
    """What the reader owes, what is late first."""
    found = _desk()
    owed = found.owed
    return render_template(
        "desk/desk.html",
        asked=_asked(),
        is_liaison=bool(standing().organisations),
        of_others=found.late[:LATE_SHOWN],
        late_of_others=len(found.late),
        late=[one for one in owed if one.state is State.LATE],
        soon=[one for one in owed if one.state is State.DUE_SOON],
        ahead=[one for one in owed if one.state in {State.OPEN, State.LATER}],
        zone_place=zone_place,
        beyond=_not_agreed_beyond(),
        days_late=lambda duty: days_late(duty, now()),
        ends_at=lambda duty: closes_at(duty.due_on, duty.time_zone),
        is_elsewhere=lambda duty: duty.time_zone != reader_time_zone(),
    )


@blueprint.get("/desk/late")
@requires(Permission.WRITE_LETTERS)
def hold_ups() -> str:
    """Who holds things up: what is late with others, by city and group or by what it is about."""
    late, is_by_subject = _desk().late, request.args.get("by") == "what"
    groups = by_subject(late) if is_by_subject else by_party(late, _("The coordinators"))
    return render_template("desk/hold_ups.html", groups=groups, is_by_subject=is_by_subject, late=len(late))


@blueprint.before_app_request
def begin_at_the_desk() -> Response | None:
    """Who has just signed in, with nowhere to go, begins here when they owe something."""
    if request.endpoint != HOME or viewer() is None or not takes_arrival():
        return None
    if not request.args and may(Permission.SEE_PROGRAMME) and any(one.is_now for one in _owed()):
        return redirect(url_for("desk.desk"), 303)
    return None


def _not_agreed_beyond() -> date | None:
    """The day after which nobody agreed to pay, for those to whom money is open."""
    if not allowed(Right.READ, MONEY):
        return None
    with reading() as session:
        return last_agreed_day(session, today())


def _asked() -> Sequence[NetworkRequest]:
    with reading() as session:
        return own_requests(session, signed_in().person.id or 0, is_open=True)


def _desk() -> Desk:
    with reading() as session:
        return desk_of(session, signed_in().person, standing(), Plans(stage_plan(), profiles()), now())


def _owed() -> list[Owed]:
    with reading() as session:
        return owed_of(session, signed_in().person, standing(), Plans(stage_plan(), profiles()), now())

"""The page "My desk": what its reader owes, by when, in their own time; the first page for who owes."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.desk.queries import Owed, Plans, owed_by
from exchange.rules.duties.duty import Duty, State, days_late
from exchange.rules.time.answer_deadlines import closes_at
from exchange.web.access.arrivals import takes_arrival
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    may,
    now,
    profiles,
    reader_time_zone,
    reading,
    signed_in,
    stage_plan,
    standing,
    viewer,
)
from exchange.web.presentation.words import zone_place

HOME = "programme.home"
blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@requires(Permission.SEE_PROGRAMME)
def desk() -> str:
    """What the reader owes, what is late first."""
    owed = _owed()
    return render_template(
        "desk/desk.html",
        late=[one for one in owed if one.state is State.LATE],
        soon=[one for one in owed if one.state is State.DUE_SOON],
        ahead=[one for one in owed if one.state in {State.OPEN, State.LATER}],
        address_of_duty=address_of,
        zone_place=zone_place,
        days_late=lambda duty: days_late(duty, now()),
        ends_at=lambda duty: closes_at(duty.due_on, duty.time_zone),
        is_elsewhere=lambda duty: duty.time_zone != reader_time_zone(),
    )


@blueprint.before_app_request
def begin_at_the_desk() -> Response | None:
    """Who has just signed in, with nowhere to go, begins here when they owe something."""
    if request.endpoint != HOME or viewer() is None or not takes_arrival():
        return None
    if not request.args and may(Permission.SEE_PROGRAMME) and any(one.is_now for one in _owed()):
        return redirect(url_for("desk.desk"), 303)
    return None


def address_of(duty: Duty) -> str:
    """Where the duty is done or looked at."""
    noun, number, what, *rest = duty.key.split(":")
    if what == "nomination":
        return url_for("nominations.decide_nomination", nomination_id=rest[0])
    if what == "attendance":
        meeting = {"training_id": number} if noun == "training" else {"sitting_id": rest[0]}
        return url_for("attendance.note_attendance", **meeting)  # type: ignore[arg-type]  # arguments of the address
    if noun == "ask":
        return url_for("contributions.own_tasks")
    if noun == "training":
        return url_for("preparation.show_preparation", training_id=number, _anchor=what)
    if what == "answer":
        return url_for("contributions.answers", cycle_id=number)
    if what == "review":
        return url_for("products.own_review", cycle_id=number)
    return url_for("cycles.show_cycle", cycle_id=number)


def _owed() -> list[Owed]:
    with reading() as session:
        return owed_by(session, signed_in().person, standing(), Plans(stage_plan(), profiles()), now())

"""The guard in front of every view: who reads, and may they.

A route that names no permission is closed to everybody.
"""

from functools import partial

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from werkzeug.exceptions import HTTPException

from exchange.access.things import marking_and_names
from exchange.errors import Forbidden, NotFound
from exchange.models import Cycle, TrainingEvent
from exchange.rules.access.policy import Right
from exchange.rules.access.things import Kind, Thing
from exchange.web.access.permissions import (
    PUBLIC,
    SIGNED_IN,
    Permission,
    is_for_enrolment,
    knows_nobody,
    needed_by,
)
from exchange.web.access.probes import PROBES
from exchange.web.access.request_context import (
    Viewer,
    allowed,
    installation,
    now,
    reading,
    settings,
    signed_in,
)
from exchange.web.access.sessions import COOKIE_KEY, SessionState, Visit, note_seen, visit_of

_CHANGES_THE_PROGRAMME = frozenset({Permission.PLAN_PROGRAMME, Permission.WRITE_LETTERS})
_PLANNED: tuple[tuple[type[Cycle] | type[TrainingEvent], Kind, str], ...] = (
    (Cycle, Kind.CYCLE, "cycle_id"),
    (TrainingEvent, Kind.TRAINING, "training_id"),
)


class SignInNeeded(Forbidden):
    """Nobody is signed in and the page is not public."""


class EnrolmentNeeded(Forbidden):
    """The reader must set up a second factor before anything else opens."""


def guard(app: Flask) -> None:
    """Put the guard in front of all views of ``app``."""
    app.before_request(_refuse_another_schema)
    app.before_request(_know_the_reader)
    app.before_request(_let_in_or_refuse)
    app.after_request(_note_use)


def halfway() -> Viewer | None:
    """Who opened a sign-in link in this browser and owes the second factor; None for everybody else."""
    visit: Visit | None = g.get("visit")
    return visit.viewer if visit and visit.state is SessionState.AWAITS_FACTOR else None


def present() -> Viewer | None:
    """Whose session this browser has that has not ended, whatever it opens; None without one."""
    visit: Visit | None = g.get("visit")
    return visit.viewer if visit and visit.state is not SessionState.ENDED else None


def left_behind() -> Viewer | None:
    """Who was signed in in this browser until the session ended; None when nobody was."""
    visit: Visit | None = g.get("visit")
    return visit.viewer if visit and visit.state is SessionState.ENDED else None


def _refuse_another_schema() -> None:
    """Before anything is read or written: nobody knows what this version does to the tables of another."""
    if request.endpoint != "static" and request.path not in PROBES:
        installation().schema.check()


def _know_the_reader() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint == "static" or knows_nobody(view):
        return
    token = cookie.get(COOKIE_KEY)
    if not isinstance(token, str):
        return
    with reading() as session:
        visit = g.visit = visit_of(session, token, settings(), now())
    if visit is None:
        return
    if visit.state is SessionState.OPEN or (
        visit.state is SessionState.MUST_ENROL and is_for_enrolment(view)
    ):
        g.viewer = visit.viewer


def _let_in_or_refuse() -> None:
    if isinstance(request.routing_exception, HTTPException) or request.endpoint in (None, "static"):
        return
    needed = needed_by(current_app.view_functions[request.endpoint])
    if needed == PUBLIC:
        return
    if g.get("viewer") is None:
        visit: Visit | None = g.get("visit")
        if visit and visit.state is SessionState.MUST_ENROL:
            raise EnrolmentNeeded("Set up a second factor first: nothing else opens until then.")
        raise SignInNeeded("Sign in to see this page.")
    if needed == SIGNED_IN:
        return
    if not isinstance(needed, Permission) or not signed_in().may(needed):
        raise Forbidden("Your role does not include this page. Ask the network coordinator.")
    if needed in _CHANGES_THE_PROGRAMME:
        _refuse_what_is_not_theirs()


def _refuse_what_is_not_theirs() -> None:
    """Raise NotFound when the cycle or event is kept from whoever plans here, and as well when there is none.

    Asked here for both, so that the words of a view never tell the one from the other.
    """
    for table, kind, key in _PLANNED:
        row_id = (request.view_args or {}).get(key)
        if not isinstance(row_id, int):
            continue
        with reading() as session:
            found = marking_and_names(session, table, row_id)
        if found is None or not allowed(Right.CHANGE, Thing(kind, found[0], named=frozenset(found[1]))):
            raise NotFound("There is no such page, or it is not for you to see.")


def _note_use(response: Response) -> Response:
    """Once the answer has left, so that no page waits for a write."""
    visit: Visit | None = g.get("visit")
    if visit and visit.is_unseen and visit.state is not SessionState.ENDED:
        note = partial(note_seen, installation().database, visit.viewer.session_id, now())
        response.call_on_close(note)
    return response

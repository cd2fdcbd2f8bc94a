"""The guard in front of every view: who reads, and may they.

A route that names no permission is closed to everybody.
"""

from flask import Flask, current_app, g, request
from flask import session as cookie
from werkzeug.exceptions import HTTPException

from exchange.errors import Forbidden
from exchange.web.permissions import PUBLIC, Permission, knows_nobody, needed_by
from exchange.web.request import now, reading, signed_in
from exchange.web.sessions import COOKIE_KEY, viewer_of


class SignInNeeded(Forbidden):
    """Nobody is signed in and the page is not public."""


def guard(app: Flask) -> None:
    """Put the guard in front of all views of ``app``."""
    app.before_request(_know_the_reader)
    app.before_request(_let_in_or_refuse)


def _know_the_reader() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint == "static" or knows_nobody(view):
        return
    token = cookie.get(COOKIE_KEY)
    if not isinstance(token, str):
        return
    with reading() as session:
        g.viewer = viewer_of(session, token, now())


def _let_in_or_refuse() -> None:
    if isinstance(request.routing_exception, HTTPException) or request.endpoint in (None, "static"):
        return
    needed = needed_by(current_app.view_functions[request.endpoint])
    if needed == PUBLIC:
        return
    if g.get("viewer") is None:
        raise SignInNeeded("Sign in to see this page.")
    if not isinstance(needed, Permission) or not signed_in().may(needed):
        raise Forbidden("Your role does not include this page. Ask the network coordinator.")

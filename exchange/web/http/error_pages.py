"""Error pages: each kind of refusal mapped once to a page a person can act on."""

from flask import Flask, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from exchange.errors import Conflict, ExchangeError, Forbidden, InvalidInput, NotFound
from exchange.web.filters import sentence
from exchange.web.guard import SignInNeeded
from exchange.web.limits import TooManyTries
from exchange.web.logs import log
from exchange.web.request import settings

Page = tuple[str, int]
_STATUS: dict[type[ExchangeError], int] = {
    InvalidInput: 400,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooManyTries: 429,
}


def add_error_pages(app: Flask) -> None:
    """Register the pages with ``app``."""
    for kind in _STATUS:
        app.register_error_handler(kind, _refused)
    app.register_error_handler(SignInNeeded, _to_sign_in)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(InternalServerError, _failed)
    app.register_error_handler(HTTPException, _http)


def _refused(error: ExchangeError) -> Page:
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    return _page(sentence(error), status)


def _to_sign_in(error: SignInNeeded) -> Response | Page:
    if request.method != "GET":
        return _page(sentence(error), 403)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)


def _stale_form(_error: CSRFError) -> Page:
    return _page(
        _(
            "This form was open for too long, or in another browser. "
            "Go back, reload the page and send it again."
        ),
        400,
    )


def _failed(error: InternalServerError) -> Page:
    log.error("request failed", exc_info=error.original_exception)
    return _page(_("Something went wrong on our side. Nothing was saved. The fault is in the log."), 500)


def _http(error: HTTPException) -> Page | HTTPException:
    if error.code == 404:
        return _page(_("There is no such page."), 404)
    if error.code == 405:
        response = error.get_response()
        return (
            render_template("refusal.html", status=405, message=_("This address cannot be used that way.")),
            405,
            {"Allow": response.headers.get("Allow", "")},
        )  # type: ignore[return-value]  # Flask takes headers third
    if error.code == 413:
        return _page(
            _(
                "What you sent is too large: a file may have %(most)s MB. Nothing was saved."
                " Go back in your browser: what you typed is still there.",
                most=settings().upload_max_mb,
            ),
            413,
        )
    if error.code is not None and error.code >= 400:
        return _page(_("The request could not be understood."), error.code)
    return error


def _page(message: str, status: int) -> Page:
    return render_template("refusal.html", status=status, message=message), status

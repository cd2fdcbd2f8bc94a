"""Error pages: each kind of refusal mapped once to a page a person can act on."""

from flask import Flask, Response, current_app, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from exchange.errors import Conflict, ExchangeError, Forbidden, InvalidInput, NotFound
from exchange.system.outages import RETRY_SECONDS, Outage, outage_in
from exchange.web.access.rate_limits import TooManyTries
from exchange.web.access.request_context import note_guess, settings
from exchange.web.http.kept_forms import as_read, page_of_form, typed_fields
from exchange.web.http.recorded_pages import record_refused_page
from exchange.web.presentation.date_formats import sentence

Page = tuple[str, int]
Answer = tuple[str, int, dict[str, str]]  # with headers of its own
_STATUS: dict[type[ExchangeError], int] = {
    InvalidInput: 400,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
}


def add_error_pages(app: Flask) -> None:
    """Register the pages with ``app``."""
    for kind in _STATUS:
        app.register_error_handler(kind, _refused)
    app.register_error_handler(TooManyTries, _too_many)
    app.after_request(_limit_guesses)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(InternalServerError, _failed)
    app.register_error_handler(HTTPException, _http)


def _too_many(error: TooManyTries) -> Answer:
    return *_page(sentence(error), 429), {"Retry-After": str(error.retry_seconds)}


def _refused(error: ExchangeError) -> Page:
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    if isinstance(error, Forbidden | NotFound):
        record_refused_page(status)
    return _page(sentence(error), status)


def _stale_form(_error: CSRFError) -> Response | Page:
    """The page again with what was typed, where it can be shown: its reader only has to send it again."""
    if page_of_form() == request.full_path.rstrip("?"):
        said = _(
            "This form was open for too long, or in another browser. Nothing was saved yet:"
            " look over what you typed and send it again."
        )
        page = as_read(typed_fields(), saying=said)
        if page.status_code == 200:
            page.status_code = 400
            return page
    return _page(
        _(
            "This form was open for too long, or in another browser. "
            "Go back, reload the page and send it again."
        ),
        400,
    )


def _limit_guesses(response: Response) -> Response:
    """An address that should be secret and is unknown was a guess, whichever page answers it."""
    if response.status_code == 404 and "token" in (request.view_args or {}):
        try:
            note_guess()
        except TooManyTries as error:
            return current_app.make_response(_too_many(error))
    return response


def _failed(error: InternalServerError) -> Page | Answer:
    outage = error.original_exception and outage_in(error.original_exception)
    if outage:
        return *_page(_outage_words(outage), 503), {"Retry-After": str(RETRY_SECONDS)}
    return _page(_("Something went wrong on our side. Nothing was saved. The fault is in the log."), 500)


def _outage_words(outage: Outage) -> str:
    words = {
        Outage.FULL: _("There is no room left where Exchange keeps its data. Nothing was saved."),
        Outage.SCHEMA: _("Exchange is being brought to another version. Try again in a few minutes."),
        Outage.BUSY: _(
            "Others were writing for so long that your turn did not come. Nothing was saved. Go back in your"
            " browser, where what you typed still stands, and send it again."
        ),
        Outage.AWAY: _(
            "Exchange does not reach its database at this moment. Nothing was saved. Try again in a few"
            " minutes: when you go back in your browser, what you typed is still there."
        ),
    }
    return str(words[outage])


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

"""The door in front of Flask at which calendars are handed out: finished answers, nothing built.

A WSGI middleware for /feeds/<name>.ics. Any Accept is answered: several clients send none, or one that
names no calendar. No redirect ever: some do not follow.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from exchange.errors import NotFound
from exchange.feeds.answers import FOR_ONE, NOT_KEPT, VARY, Finished, Headers, empty_answer, text_answer
from exchange.feeds.filters import EVERYTHING, Filter, read_filter
from exchange.feeds.negotiation import coding_for, status_for
from exchange.feeds.shelf import Revoked, Shelf, Unavailable, Unpublished
from exchange.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX, SUFFIX = "/feeds/", ".ics"
ALLOWED = ("Allow", "GET, HEAD, OPTIONS")
RETRY_AFTER = ("Retry-After", "120")  # seconds
QUERY_MAX = 2_000  # characters of filters in an address

_STATUS = {200: "200 OK", 304: "304 Not Modified", 412: "412 Precondition Failed"}

Answer = tuple[str, bytes, Headers]


class FeedDoor:
    """Answers requests for calendars, and passes on all others to ``app``."""

    def __init__(
        self, app: "WSGIApplication", shelf: Shelf, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        self._app = app
        self._shelf = shelf
        self._now = now
        self._gone = "410 Gone", *empty_answer(settings, FOR_ONE)
        self._unpublished = "200 OK", *empty_answer(settings, NOT_KEPT)
        self._unknown = "404 Not Found", *text_answer("There is no such calendar.")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        name = path[len(PREFIX) : -len(SUFFIX)]
        if not (path.startswith(PREFIX) and path.endswith(SUFFIX)) or "/" in name:
            return self._app(environ, start_response)
        method: str = environ["REQUEST_METHOD"]
        status, body, headers = self._answer(environ, name) if method in ("GET", "HEAD") else _refused(method)
        start_response(status, headers)
        return [] if method == "HEAD" or not body else [body]

    def _answer(self, environ: "WSGIEnvironment", name: str) -> Answer:
        try:
            query: str = environ.get("QUERY_STRING", "")
            held = self._shelf.answers(name, _filter(query) if query else EVERYTHING)
        except Revoked:
            return self._gone
        except Unpublished:
            return self._unpublished
        except Unavailable:
            return "503 Service Unavailable", *text_answer("Try again in a few minutes.", RETRY_AFTER)
        except NotFound as refusal:
            return "404 Not Found", *text_answer(str(refusal))
        return self._unknown if held is None else _agreed(environ, held, self._now)


def _agreed(environ: "WSGIEnvironment", held: Finished, now: Callable[[], datetime]) -> Answer:
    """The answer in the coding the client takes; 304 when it has that one already."""
    coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING"))
    if coding is None:
        text = "This calendar is sent as it is or with gzip, and the request takes neither."
        return "406 Not Acceptable", *text_answer(text, VARY)
    coded = held.codings[coding]
    status = status_for(environ, coded.validators, now)
    if status == 200:
        return _STATUS[200], coded.body, coded.whole
    return _STATUS[status], b"", coded.unchanged


def _filter(query: str) -> Filter:
    """The filter in a query; what else stands there is not ours: some clients add a number against caches."""
    if len(query) > QUERY_MAX:
        raise NotFound("The address of this calendar is too long.")
    values = parse_qs(query)
    return read_filter(values.get("kind", []), values.get("theme", []))


def _refused(method: str) -> Answer:
    if method == "OPTIONS":
        return "204 No Content", b"", [ALLOWED]
    return "405 Method Not Allowed", *text_answer("This calendar is only read, with GET or HEAD.", ALLOWED)

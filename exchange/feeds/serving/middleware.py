"""A WSGI middleware in front of Flask that serves /feeds/<name>.ics: finished responses, nothing built.

A server with an event loop asks it before any thread is taken: held_answer never waits.

Any Accept is answered: several clients send none, or one that
names no calendar. No redirect ever: some do not follow.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from exchange.errors import NotFound
from exchange.feeds.content.subscriber_filters import EVERYTHING, Filter, read_filter
from exchange.feeds.serving.address_state import AddressState
from exchange.feeds.serving.conditional_requests import status_for
from exchange.feeds.serving.content_coding import coding_for
from exchange.feeds.serving.poll_counts import PollCounts
from exchange.feeds.serving.response_cache import NotHeld, ResponseCache, Revoked, Unavailable, Unpublished
from exchange.feeds.serving.responses import (
    FOR_ONE,
    NO_STORE,
    VARY,
    FeedResponses,
    Headers,
    empty_response,
    text_response,
)
from exchange.health.measurements import Measurements
from exchange.settings import Settings
from exchange.web.access.guess_limits import GuessCounter, client_address
from exchange.web.http.known_hosts import MISDIRECTED, KnownHosts
from exchange.web.http.security_headers import headers_of_all

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX, SUFFIX = "/feeds/", ".ics"
ALLOWED = ("Allow", "GET, HEAD, OPTIONS")
VISITOR = "exchange.visitor"  # in an environment without them: a call for the variables that say who asks
RETRY_AFTER = ("Retry-After", "120")  # seconds
QUERY_MAX = 2_000  # characters of filters in an address

# What a request for a calendar is looked at for: the CGI variable, and the header it stands for.
CONDITIONS = tuple(
    (f"HTTP_{name.upper().replace('-', '_')}", name)
    for name in (
        "accept-encoding",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since",
        "user-agent",
    )
)

FeedAnswer = tuple[int, Headers, bytes]
Lookup = Callable[..., tuple[AddressState, FeedResponses] | None]  # as ResponseCache.find
Fill = Callable[[AddressState, Filter], FeedResponses]  # as ResponseCache.filled


class FeedMiddleware:
    """Answers requests for calendars, and passes on all others to ``app``; ``polls`` counts who asks."""

    def __init__(
        self,
        app: "WSGIApplication",
        cache: ResponseCache,
        settings: Settings,
        now: Callable[[], datetime],
        guesses: GuessCounter,
        *,
        polls: PollCounts,
        measured: Measurements,
    ) -> None:
        self._app = app
        self._guesses = guesses
        self._trusted_proxies = settings.trusted_proxies
        self._cache = cache
        self._now = now
        self._polls = polls
        self._measured = measured
        self._hosts = KnownHosts(settings)
        self._of_all = headers_of_all(settings)
        self._gone = _of(410, empty_response(settings, FOR_ONE))
        self._unknown = _text(404, "There is no such calendar.")
        self._unpublished = _of(200, empty_response(settings, NO_STORE))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not self.is_for(environ["PATH_INFO"]):
            return self._pass_on(environ, start_response)
        status, headers, body = self.answer(environ)
        start_response(_line(status), headers)
        return [body] if body else []

    def _pass_on(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """To the pages. What a form did holds for calendars at their next request, at the latest."""
        answer = self._app(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            self._cache.look_again()
        return answer

    def is_for(self, path: str) -> bool:
        """Whether a path is the address of a calendar, known or not."""
        is_feed = path.startswith(PREFIX) and path.endswith(SUFFIX)
        return is_feed and "/" not in path[len(PREFIX) : -len(SUFFIX)]

    def answer(self, environ: "WSGIEnvironment") -> FeedAnswer:
        """The answer to a request for a calendar; it may wait for the database."""
        return self._answer(environ, self._cache.find, self._cache.filled)

    def held_answer(self, environ: "WSGIEnvironment") -> FeedAnswer | None:
        """The same when memory has it, at once; None when the database must be asked."""
        try:
            return self._answer(environ, self._cache.held, _not_held)
        except NotHeld:
            return None

    @property
    def is_look_due(self) -> bool:
        """Whether the database should be asked what changed, before an answer has to wait for it."""
        return self._cache.is_look_due

    def look(self) -> None:
        """Ask it; this may wait."""
        self._cache.look()

    def _answer(self, environ: "WSGIEnvironment", look_up: Lookup, fill: Fill) -> FeedAnswer:
        method: str = environ["REQUEST_METHOD"]
        if not self._hosts.know(environ.get("HTTP_HOST", "")):
            status, headers, body = _text(HTTPStatus.MISDIRECTED_REQUEST, MISDIRECTED)
        elif method in ("GET", "HEAD"):
            status, headers, body = self._response(environ, look_up, fill)
        else:
            status, headers, body = _refused(method)
        self._measured.note_feed(status)
        return status, headers + self._of_all, b"" if method == "HEAD" else body

    def _response(self, environ: "WSGIEnvironment", look_up: Lookup, fill: Fill) -> FeedAnswer:
        try:
            query: str = environ.get("QUERY_STRING", "")
            name = environ["PATH_INFO"][len(PREFIX) : -len(SUFFIX)]
            wanted = _filter(query) if query else EVERYTHING
            found = look_up(name, wanted, now=self._now())
            if found is None:
                return self._guessed(environ)
            address, entry = found
            return self._agreed(environ, address, entry, lambda: fill(address, wanted))
        except Revoked:
            return self._gone
        except Unpublished:
            return self._unpublished
        except Unavailable:
            return _text(503, "Try again in a few minutes.", RETRY_AFTER)
        except NotFound as refusal:
            return _text(404, str(refusal))

    def _agreed(
        self,
        environ: "WSGIEnvironment",
        address: AddressState,
        entry: FeedResponses,
        with_bodies: Callable[[], FeedResponses],
    ) -> FeedAnswer:
        """The response in the coding the client takes; 304 when it has that one already. Both are fetches.

        ``with_bodies`` is asked where a client has to be sent a calendar that memory has no longer.
        """
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING"))
        if coding is None:
            text = "This calendar is sent as it is or with gzip, and the request takes neither."
            return _text(406, text, VARY)
        coded = entry.codings[coding]
        status = status_for(environ, coded.validators, self._now)
        is_get = environ["REQUEST_METHOD"] == "GET"
        if status == 200 and coded.body is None and is_get:
            coded = with_bodies().codings[coding]
            status = status_for(environ, coded.validators, self._now)
        if status != 412 and is_get:
            self._polls.note(address, environ.get("HTTP_USER_AGENT", ""), coded.validators.modified_at)
        if status == 200:
            return 200, coded.ok_headers, coded.body or b""
        return status, coded.not_modified_headers, b""

    def _guessed(self, environ: "WSGIEnvironment") -> FeedAnswer:
        """What an unknown address gets; only these are counted, so that a calendar costs nothing more."""
        asked: Callable[[], WSGIEnvironment] | None = environ.get(VISITOR)
        address = client_address(asked() if asked else environ, self._trusted_proxies)
        seconds = self._guesses.retry_seconds(address, self._now())
        if seconds is None:
            return self._unknown
        return _text(429, "Too many unknown addresses. Wait.", ("Retry-After", str(seconds)))


def _not_held(address: AddressState, _wanted: Filter) -> FeedResponses:
    raise NotHeld(address)


def _filter(query: str) -> Filter:
    """The filter in a query; what else stands there is not ours: some clients add a number against caches."""
    if len(query) > QUERY_MAX:
        raise NotFound("The address of this calendar is too long.")
    values = parse_qs(query)
    return read_filter(values.get("kind", []), values.get("theme", []))


def _refused(method: str) -> FeedAnswer:
    if method == "OPTIONS":
        return 204, [ALLOWED], b""
    return _text(405, "This calendar is only read, with GET or HEAD.", ALLOWED)


def _text(status: int, text: str, *more: tuple[str, str]) -> FeedAnswer:
    return _of(status, text_response(text, *more))


def _of(status: int, response: tuple[bytes, Headers]) -> FeedAnswer:
    body, headers = response
    return status, headers, body


@cache
def _line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"

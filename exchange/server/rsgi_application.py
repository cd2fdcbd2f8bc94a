"""The application as granian serves it: what a stranger can make slow is waited for here, without a thread.

Calendars are answered from memory in the event loop; where the database must be asked, in threads of their
own. What monitors ask has threads, too. All else is read whole first, and only then takes a thread for pages.
"""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

import structlog
from flask import Flask
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]  # its names, unsaid

from exchange.app import create_app
from exchange.feeds.serving.middleware import CONDITIONS, VISITOR, FeedAnswer, FeedMiddleware
from exchange.server.request_body import Body, BrokenOff, Pace, TooSlow, read_body
from exchange.server.stalled_readers import end_stalled_readers
from exchange.server.thread_pool import Busy, ThreadPool
from exchange.server.wsgi_call import Answer, Headers, call, environ_of, visitor_of
from exchange.settings import Settings, installed_settings
from exchange.system.outages import outage_in
from exchange.system.startup import allow_many_connections, keep_what_is_loaded, take_turns_often
from exchange.web.access.guess_limits import client_address
from exchange.web.access.probes import HEALTH, PROBES
from exchange.web.access.rate_limits import network_of
from exchange.web.access.request_context import Installation
from exchange.web.http.request_logs import configure_logs
from exchange.web.http.security_headers import headers_of_all
from exchange.web.http.upload_limits import request_max_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = structlog.get_logger("exchange")

FEED_THREADS = 2  # one asks the database whether anything changed while the other reads a calendar
CLOSE = ("Connection", "close")  # what is left of the body would be taken for the next request
RETRY_AFTER = ("Retry-After", "5")  # seconds


def create_from_environment() -> "RsgiApplication":
    """The application of this process, for the web server; fetches of feeds are written down from now on."""
    settings = installed_settings()
    configure_logs(settings.log_level)
    allow_many_connections()
    take_turns_often()
    app = create_app(settings)
    here: Installation = app.extensions["exchange"]
    here.schema.doubt()
    here.measured.start()
    app.extensions["feed polls"].start(here.database)
    here.guesses.start(here.database)
    made = RsgiApplication(app, settings)
    keep_what_is_loaded()
    return made


class RsgiApplication:
    """Serves ``app`` (https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md)."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        if not isinstance(app.wsgi_app, FeedMiddleware):
            raise TypeError("The calendars stand in front of the application, and nothing in front of them.")
        self._app = app
        self._feeds = app.wsgi_app
        self._settings = settings
        self._measured = app.extensions["exchange"].measured
        self._pace = Pace(settings.body_seconds, settings.body_bytes_per_second)
        self._of_all = headers_of_all(settings)
        self._for_pages = ThreadPool("page", settings.web_threads)
        self._for_feeds = ThreadPool("feed", FEED_THREADS)
        self._for_health = ThreadPool("health", 1)
        self._for_monitors = ThreadPool("monitors", 1)  # which may wait for a database that does not answer
        self._look: asyncio.Task[None] | None = None  # at the database, for calendars, while it lasts

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        """Called just before the server listens."""
        loop.call_soon(end_stalled_readers, self._settings.reader_seconds)

    def __rsgi_del__(self, _loop: AbstractEventLoop) -> None:
        """Called when the server has stopped."""
        for pool in (self._for_pages, self._for_feeds, self._for_health, self._for_monitors):
            pool.end()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        path = scope.path
        asked = _feed_environ(scope, path) if self._feeds.is_for(path) else None
        answer = self._feeds.held_answer(asked) if asked is not None else None
        if answer is None:
            answer = await self._waited_for(asked, scope, protocol)
        _send(protocol, *answer)
        if asked is not None and self._feeds.is_look_due and self._look is None:
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Have the database asked what changed in calendars, before an answer has to wait for it."""

        def looked(done: "asyncio.Task[None]") -> None:
            self._look = None
            error = None if done.cancelled() else done.exception()
            if error is not None and not isinstance(error, Busy):
                log.error("calendars were not looked after", error=type(error).__name__)

        self._look = asyncio.create_task(self._for_feeds.run(self._feeds.look, whose=None))
        self._look.add_done_callback(looked)

    async def _waited_for(
        self, asked: "WSGIEnvironment | None", scope: Scope, protocol: HTTPProtocol
    ) -> FeedAnswer:
        try:
            if asked is not None:
                return await self._for_feeds.run(partial(self._feeds.answer, asked), whose=None)
            return await self._page(scope, protocol)
        except BrokenOff:
            return self._text(400, "The request broke off.", CLOSE)
        except TooSlow:
            return self._text(408, "The request took too long to arrive.", CLOSE)
        except Busy:
            return self._text(503, "Too busy. Try again in a moment.", RETRY_AFTER, CLOSE)
        except Exception as error:
            outage = outage_in(error)
            if outage:
                self._app.extensions["exchange"].outages.note(outage, error)
                return self._text(503, "Not available just now. Try again in a moment.", RETRY_AFTER, CLOSE)
            log.exception("request failed in front of the application")
            return self._text(500, "Something went wrong on our side.", CLOSE)

    async def _page(self, scope: Scope, protocol: HTTPProtocol) -> Answer:
        if scope.path in PROBES:
            pool = self._for_health if scope.path == HEALTH else self._for_monitors
            return await pool.run(self._call(scope, Body(BytesIO(), 0)), whose=self._network_of(scope))
        body = Body(BytesIO(), 0)
        announced = scope.headers.get("content-length")
        if announced not in (None, "0") or "transfer-encoding" in scope.headers:
            body = await read_body(
                protocol,
                announced=int(announced) if announced else None,
                most_bytes=request_max_bytes(self._app, self._settings, method=scope.method, path=scope.path),
                pace=self._pace,
            )
        try:
            return await self._for_pages.run(self._call(scope, body), whose=self._network_of(scope))
        finally:
            body.content.close()

    def _network_of(self, scope: Scope) -> str:
        return network_of(client_address(visitor_of(scope), self._settings.trusted_proxies))

    def _call(self, scope: Scope, body: Body) -> Callable[[], Answer]:
        return partial(call, self._app.wsgi_app, environ_of(scope, body.content, body.length))

    def _text(self, status: int, text: str, *more: tuple[str, str]) -> Answer:
        kind = ("Content-Type", "text/plain; charset=utf-8")
        self._measured.note_request("refused", "", status)
        return Answer(status, [kind, *self._of_all, *more], f"{text}\n".encode())


def _feed_environ(scope: Scope, path: str) -> "WSGIEnvironment":
    """As much of a request as calendars look at."""
    get = scope.headers.get
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": path,
        "QUERY_STRING": scope.query_string,
        "HTTP_HOST": scope.authority or get("host", ""),
        VISITOR: partial(visitor_of, scope),
    }
    for variable, header in CONDITIONS:
        value = get(header)
        if value is not None:
            environ[variable] = value
    return environ


def _send(protocol: HTTPProtocol, status: int, headers: Headers, body: bytes) -> None:
    try:
        if body:
            protocol.response_bytes(status, headers, body)
        else:
            protocol.response_empty(status, headers)
    except ProtocolClosed:
        return  # the client left

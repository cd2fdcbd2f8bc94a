"""Calendars alone, as granian serves them in a process of their own; no page is loaded, and none waited for.

The web answers for calendars as well: a proxy sends them here first, and there while this process is away.
It is WSGI and needs no event loop: an answer from memory takes a thread for microseconds. No body is read.
"""

from typing import TYPE_CHECKING

from exchange import clock
from exchange.audit.keys import carried
from exchange.db import Database, limits_of
from exchange.feeds.serving.middleware import FeedMiddleware
from exchange.feeds.serving.poll_counts import PollCounts
from exchange.feeds.serving.response_cache import ResponseCache
from exchange.health.measurements import Measurements
from exchange.health.schema_version import SchemaWatch
from exchange.server.stalled_readers import end_stalled_readers
from exchange.settings import Settings, installed_settings
from exchange.system.startup import allow_many_connections, keep_what_is_loaded, process_name
from exchange.web.access.guess_limits import GuessCounter
from exchange.web.access.probes import HEALTH
from exchange.web.http.request_logs import configure_logs
from exchange.web.http.security_headers import headers_of_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def create_from_environment() -> FeedMiddleware:
    """The application of this process, for the web server; fetches of feeds are written down from now on."""
    settings = installed_settings()
    configure_logs(settings.log_level)
    allow_many_connections()
    database = Database(settings.database_url, carries=carried(settings), limits=limits_of(settings))
    schema = SchemaWatch(database)
    schema.doubt()
    measured = Measurements(process_name(), database, clock.utc_now)
    measured.start()
    polls, guesses = PollCounts(clock.utc_now), GuessCounter()
    polls.start(database)
    guesses.start(database)
    cache = ResponseCache.configured(settings, database, schema)
    made = FeedMiddleware(
        NoPages(settings), cache, settings, clock.utc_now, guesses, polls=polls, measured=measured
    )
    end_stalled_readers(settings.reader_seconds)
    keep_what_is_loaded()
    return made


class NoPages:
    """What is asked here besides calendars: whether the process is alive, and nothing else."""

    def __init__(self, settings: Settings) -> None:
        kind = ("Content-Type", "text/plain; charset=utf-8")
        self._headers = [kind, ("Cache-Control", "no-store"), *headers_of_all(settings)]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        if environ["PATH_INFO"] == HEALTH and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            start_response("200 OK", self._headers)
            return [b"ok\n"]
        start_response("404 Not Found", self._headers)
        return [b"Only calendars are served here.\n"]

"""Structured logs with a request id: events in words with ids; never tokens, addresses or answers."""

import logging
import secrets
import sys
from time import monotonic
from types import TracebackType

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from exchange.health.measurements import known_method
from exchange.system.outages import outage_in
from exchange.web.access.probes import PROBES
from exchange.web.access.request_context import installation
from exchange.web.http.hidden_secrets import hide_in_event, hide_in_records

log = structlog.get_logger("exchange")

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def configure_logs(level: str) -> None:
    """Send this process's log lines to standard error: readable on a terminal, JSON elsewhere."""
    # Plain tracebacks: prettier ones print local variables, and with them tokens and addresses.
    on_terminal = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer = on_terminal if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_in_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    hide_in_records()


class LoggedFlask(Flask):
    """Flask, whose own line about a fault held the address asked for, and with it the token of a link."""

    def log_exception(self, exc_info: _ExcInfo) -> None:
        """Log a fault once, by endpoint; that the database is away, in a line a minute."""
        outage = exc_info[1] and outage_in(exc_info[1])
        if exc_info[1] and outage:
            installation().outages.note(outage, exc_info[1], endpoint=request.endpoint)
            return
        log.error("request failed", endpoint=request.endpoint, exc_info=exc_info)


def log_requests(app: Flask) -> None:
    """Give each request an id, say it in the answer, and log one line per request by endpoint, not path."""

    @app.before_request
    def begin() -> None:
        clear_contextvars()
        g.request_id = secrets.token_hex(8)
        g.began = monotonic()
        bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        seconds = monotonic() - g.get("began", monotonic())
        installation().measured.note_request(_kind(), request.method, response.status_code, seconds)
        if request.endpoint != "static":
            log.info(
                "request answered",
                endpoint=request.endpoint,
                method=known_method(request.method),
                status=response.status_code,
            )
        return response


def _kind() -> str:
    """What a request was for, as it is counted: each page by itself would be hundreds of numbers."""
    if request.endpoint == "static":
        return "static"
    return "probe" if request.path in PROBES else "page"

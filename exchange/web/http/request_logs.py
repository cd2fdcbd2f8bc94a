"""Structured logs with a request id: events in words with ids; never tokens, addresses or answers."""

import logging
import secrets
import sys

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

log = structlog.get_logger("exchange")


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
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def log_requests(app: Flask) -> None:
    """Give each request an id, say it in the answer, and log one line per request by endpoint, not path."""

    @app.before_request
    def begin() -> None:
        clear_contextvars()
        g.request_id = secrets.token_hex(8)
        bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if request.endpoint != "static":
            log.info(
                "request answered",
                endpoint=request.endpoint,
                method=request.method,
                status=response.status_code,
            )
        return response

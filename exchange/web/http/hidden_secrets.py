"""Takes secrets out of what is logged: addresses of personal links, feeds and sign-in, wherever they stand.

Nobody means to log a token, but an exception may hold one, and a library the address it was asked.
"""

import logging
import re

from flask import has_request_context, request
from structlog.typing import EventDict, WrappedLogger

HIDDEN = "…"
SHORT = 16  # a name in an address is masked from here on: it may be a secret, and nobody misses it
_TOKEN = re.compile(r"(?<![\w-])(?=[a-z_-]*[A-Z0-9])[\w-]{43}(?![\w-])", re.ASCII)
_IN_QUERY = ("code", "state")  # what an identity provider gives a browser to bring back
_IN_PATH = re.compile(r"(?:(?<=/)|(?<=%2F))(?![\w.-]*\.py\b)(?=[a-z_.~-]*[A-Z0-9])[\w.~-]{20,}", re.ASCII)


def hide_secrets(text: str) -> str:
    """``text`` without what stands in the present request's address, and without what looks like a token."""
    for secret in _of_this_request():
        text = text.replace(secret, HIDDEN)
    return _IN_PATH.sub(HIDDEN, _TOKEN.sub(HIDDEN, text))


def hide_in_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The same for each text of an event, as the last processor before it is written."""
    return {name: hide_secrets(value) if isinstance(value, str) else value for name, value in event.items()}


def hide_in_records() -> None:
    """The same for whatever is logged by the standard library: the web server's lines and libraries'."""
    logging.setLogRecordFactory(_CleanedRecord)


class _CleanedRecord(logging.LogRecord):
    """A record whose message and traceback are finished and cleaned when it is made."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # handed on as they come
        try:
            self.msg, self.args = hide_secrets(self.getMessage()), None
        except (TypeError, ValueError):
            return  # a fault in the line itself, which logging tells of when it is written
        if self.exc_info and self.exc_info[0] is not None:
            self.exc_text = hide_secrets(logging.Formatter().formatException(self.exc_info))


def _of_this_request() -> list[str]:
    """Names and tokens in the address, those that hold others first."""
    if not has_request_context():
        return []
    given = {
        value
        for name, value in (request.view_args or {}).items()
        if isinstance(value, str) and value and (name == "token" or len(value) >= SHORT)
    }
    given |= {request.args[name] for name in _IN_QUERY if len(request.args.get(name, "")) >= SHORT}
    return sorted(given, key=len, reverse=True)

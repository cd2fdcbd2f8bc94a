"""The least that a WSGI application can do for a feed: constants, looked up by two headers."""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_KIND = ("Content-Type", "text/calendar; charset=utf-8")
_WHOLE = Path(os.environ["EXCHANGE_BENCH_FILE"]).read_bytes()
_PACKED = gzip.compress(_WHOLE, 6, mtime=0)
_HEADERS = [("ETag", '"same"'), ("Vary", "Accept-Encoding"), ("Cache-Control", "private, no-cache")]
_OF_WHOLE = [_KIND, ("Content-Length", str(len(_WHOLE))), *_HEADERS]
_OF_PACKED = [_KIND, ("Content-Encoding", "gzip"), ("Content-Length", str(len(_PACKED))), *_HEADERS]


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """304 to who sends the tag, gzip to who asks for it, 404 at any other address."""
    if environ["PATH_INFO"] != "/feed.ics":
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    if environ.get("HTTP_IF_NONE_MATCH") == '"same"':
        start_response("304 Not Modified", _HEADERS)
        return []
    if environ.get("HTTP_ACCEPT_ENCODING") == "gzip":
        start_response("200 OK", _OF_PACKED)
        return [_PACKED]
    start_response("200 OK", _OF_WHOLE)
    return [_WHOLE]

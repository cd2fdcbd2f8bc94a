"""One call of a WSGI application: an RSGI request as its environment, and its answer as a whole.

The answer is taken into memory, so that a client that reads slowly keeps a connection and no thread.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, NamedTuple

from granian.rsgi import Scope

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

_NOT_PREFIXED = {"content-type": "CONTENT_TYPE"}
# The body is here already, with a length of its own: what was said of its way here is no longer true.
_OF_THE_WAY = ("content-length", "transfer-encoding", "expect")


class Answer(NamedTuple):
    """What an application answered; header names may repeat."""

    status: int
    headers: Headers
    body: bytes


def host_of(scope: Scope) -> str:
    """The host that a request is for; an address that names one counts before the header (RFC 9112 3.2.2)."""
    return scope.authority or ",".join(value for name, value in scope.headers.items() if name == "host")


def visitor_of(scope: Scope) -> "WSGIEnvironment":
    """The variables that say who asks, and for whom a proxy does: its lines of one header are one list."""
    forwarded = ",".join(value for name, value in scope.headers.items() if name == "x-forwarded-for")
    return {"REMOTE_ADDR": _address(scope.client)[0], "HTTP_X_FORWARDED_FOR": forwarded}


def environ_of(scope: Scope, content: IO[bytes], length: int) -> "WSGIEnvironment":
    """The CGI variables and streams of PEP 3333 for a request whose body is ``content``."""
    server, port = _address(scope.server)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),  # bytes as text, as PEP 3333 has it
        "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": _address(scope.client)[0],
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": content,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if length:
        environ["CONTENT_LENGTH"] = str(length)
    for name, value in _variables(scope.headers.items()):
        before = environ.get(name)
        joined = "; " if name == "HTTP_COOKIE" else ","
        environ[name] = value if before is None else f"{before}{joined}{value}"
    environ["HTTP_HOST"] = host_of(scope)
    return environ


def call(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """The answer of ``app``, whole. Raises what it raises."""
    started: list[tuple[str, Headers]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Headers, _error: object = None) -> object:
        started[:] = [(status, list(headers))]
        return written.append

    parts = app(environ, _typed(start_response))
    try:
        body = b"".join([*parts])
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = started[0]
    return Answer(int(status[:3]), headers, b"".join(written) + body)


def _variables(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Headers as CGI variables. A name with an underscore is left out: it could pass for one of a proxy."""
    for name, value in headers:
        if "_" in name or name in _OF_THE_WAY:
            continue
        yield _NOT_PREFIXED.get(name) or f"HTTP_{name.upper().replace('-', '_')}", value


def _address(text: str) -> tuple[str, str]:
    """Host and port of "127.0.0.1:8000" or "[::1]:8000"; of a socket with a name, that and no port."""
    host, _, port = text.rpartition(":")
    return (host.strip("[]"), port) if port.isdigit() else (text, "")


def _typed(start_response: object) -> "StartResponse":
    return start_response  # type: ignore[return-value]  # a protocol whose every spelling of arguments is not needed

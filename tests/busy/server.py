"""A real web server on loopback that behaves as strangers' servers do, well and badly. One route per vice."""

import gzip
import hashlib
import re
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.busy.calendars import BROKEN_ZONE, GOOD, calendar, event

Route = Callable[["Handler"], None]


@dataclass
class Stranger:
    """The server as tests see it: where it is, what it was asked, and what it serves at /own.ics."""

    url: str
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    own: bytes = GOOD
    status: int = 200
    etag: str = '"v1"'


class Handler(BaseHTTPRequestHandler):
    """Answers by path; a client that hangs up is no fault."""

    protocol_version = "HTTP/1.1"
    stranger: Stranger

    def do_GET(self) -> None:
        self.stranger.asked.append((self.path, dict(self.headers)))
        try:
            ROUTES.get(self.path.partition("?")[0], not_found)(self)
        except OSError:
            self.close_connection = True

    def log_message(self, *_parts: object) -> None:
        """Quiet."""

    def answer(self, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content_type": "text/calendar", **headers}.items():
            self.send_header(name.replace("_", "-").title(), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def begin(self, **headers: str) -> None:
        """An answer without a length: it ends when the connection does."""
        self.close_connection = True
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-").title(), value)
        self.end_headers()


def not_found(handler: Handler) -> None:
    handler.answer(b"", 404)


def own(handler: Handler) -> None:
    stranger = handler.stranger
    if stranger.status == 200 and handler.headers.get("If-None-Match") == stranger.etag:
        handler.answer(b"", 304)
    else:
        handler.answer(stranger.own, stranger.status, etag=stranger.etag)


def announced(handler: Handler) -> None:
    handler.begin(content_length="50000000")


def chunked(handler: Handler, content: bytes, end: bytes = b"0\r\n\r\n", **headers: str) -> None:
    """In pieces of seven bytes, as services send what they make on the way."""
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-").title(), value)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for first in range(0, len(content), 7):
        piece = content[first : first + 7]
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    handler.wfile.write(end)
    handler.close_connection = True


def endless(handler: Handler) -> None:
    handler.begin()
    while True:
        handler.wfile.write(b"BEGIN:VCALENDAR\r\n" * 4096)


def bomb(handler: Handler) -> None:
    """A gigabyte of blanks in about a megabyte."""
    handler.begin(content_encoding="gzip")
    packer = zlib.compressobj(9, wbits=31)
    handler.wfile.write(packer.compress(b"BEGIN:VCALENDAR\r\n"))
    for _ in range(1024):
        handler.wfile.write(packer.compress(b" " * 1024 * 1024))


def trickle(handler: Handler) -> None:
    handler.begin()
    for letter in GOOD:
        handler.wfile.write(bytes([letter]))
        time.sleep(0.3)


def trickle_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        handler.wfile.write(f"X-{number}: 1\r\n".encode())
        time.sleep(0.3)


def digest(handler: Handler) -> None:
    """A calendar for ann, "secret word", by Digest alone (RFC 7616, MD5)."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', handler.headers.get("Authorization", "")))

    def hashed(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()

    who, what = hashed("ann", "cal", "secret word"), hashed("GET", handler.path)
    right = hashed(who, "n1", given.get("nc", ""), given.get("cnonce", ""), "auth", what)
    if given.get("response") == right:
        handler.answer(GOOD)
    else:
        challenge = 'Digest realm="cal", nonce="n1", qop="auth", algorithm=MD5'
        handler.answer(b"", 401, www_authenticate=challenge)


def to(place: str, status: int = 302) -> Route:
    return lambda handler: handler.answer(b"", status, location=place)


ROUTES: dict[str, Route] = {
    "/good.ics": lambda h: h.answer(GOOD),
    "/own.ics": own,
    "/packed.ics": lambda h: h.answer(gzip.compress(GOOD), content_encoding="gzip"),
    "/chunked.ics": lambda h: chunked(h, GOOD),
    "/chunked-packed.ics": lambda h: chunked(h, gzip.compress(GOOD), content_encoding="gzip"),
    "/cut-chunks.ics": lambda h: chunked(h, GOOD[:140], b""),
    "/bad-chunks.ics": lambda h: chunked(h, GOOD[:140], b"zz\r\n"),
    "/short.ics": lambda h: h.begin(content_length="90000"),
    "/spoilt.ics": lambda h: h.answer(b"no gzip at all", content_encoding="gzip"),
    "/brotli.ics": lambda h: h.answer(b"x", content_encoding="br"),
    "/page": lambda h: h.answer(b"<!doctype html><title>Sign in</title>", content_type="text/html"),
    "/text": lambda h: h.answer(b"Hello", content_type="text/plain"),
    "/announced-50MB": announced,
    "/endless": endless,
    "/bomb": bomb,
    "/trickle": trickle,
    "/trickle-headers": trickle_headers,
    "/loop": to("/loop"),
    "/digest.ics": digest,
    "/owa-refusal": lambda h: h.answer(b"", 500, x_owa_error="Owa2.OwaBasicUnsupportedException"),
    "/owa-refusal-page": to("/owa/auth/errorfe.aspx?httpCode=500"),
    "/hop3": to("/hop2"),
    "/hop2": to("/hop1", 307),
    "/hop1": to("/good.ics", 308),
    "/hop4": to("/hop3"),
    "/to-metadata": to("https://169.254.169.254/latest"),
    "/to-file": to("file:///etc/passwd"),
    "/to-nowhere": to(""),
    "/401": lambda h: h.answer(b"", 401),
    "/403": lambda h: h.answer(b"", 403),
    "/410": lambda h: h.answer(b"", 410),
    "/429": lambda h: h.answer(b"", 429),
    "/500": lambda h: h.answer(b"", 500),
    "/teapot": lambda h: h.answer(b"", 418),
    "/half.ics": lambda h: h.answer(GOOD[:150]),
    "/broken-zone.ics": lambda h: h.answer(
        calendar(BROKEN_ZONE, event(), event(uid="bad", zone=";TZID=Broken/Zone"))
    ),
    "/by-second.ics": lambda h: h.answer(calendar(event(), event(uid="bad", more="RRULE:FREQ=SECONDLY"))),
}


@contextmanager
def running(chain: Path | None = None) -> Iterator[Stranger]:
    """The server: https with a certificate (PEM of key and chain), else http."""
    stranger = Stranger("")
    handler = type("OwnHandler", (Handler,), {"stranger": stranger})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_parts: None  # type: ignore[method-assign]  # who hangs up in a handshake is no fault
        if chain is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if chain is None else "https"
        stranger.url = f"{scheme}://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield stranger
        finally:
            server.shutdown()
            thread.join()

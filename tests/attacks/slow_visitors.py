"""Visitors who are slow on purpose: raw connections that send a little, or take a little, and wait."""

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

KINDS = ("says nothing", "slow headers", "slow body", "slow chunks", "keeps alive", "reads nothing")
ANSWERS_ASKED = 60  # of a style sheet of 16 kB: more than the buffers of both ends take in
RECEIVED_BYTES = 2_048


@dataclass
class SlowVisitor:
    """One connection, and what it does."""

    kind: str
    connection: socket.socket
    answered: bytes = field(default=b"")

    def send_a_little(self) -> None:
        """One byte more; nothing when the server has closed, or the kind has no more to say."""
        more = {"slow headers": b"a", "slow body": b"a", "slow chunks": b"1\r\na\r\n"}.get(self.kind)
        if more:
            try:
                self.connection.send(more)
            except OSError:
                return

    def is_reset(self) -> bool:
        """Whether the server gave the connection up; found out without reading any of its answer."""
        watched = select.poll()
        watched.register(self.connection, 0)
        try:
            self.connection.send(b"\r\n")
        except OSError:
            return True
        return bool(watched.poll(50))

    def is_ended(self, seconds: float) -> bool:
        """Whether the server closes within ``seconds``; what it says before is kept in ``answered``."""
        self.connection.settimeout(seconds)
        try:
            while part := self.connection.recv(65_536):
                self.answered += part
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True
        return True


@contextmanager
def slow_visitors(base: str, kinds: list[str], path: str = "/sign-in") -> Iterator[list[SlowVisitor]]:
    """A visitor of each kind named, all connected and begun."""
    with ExitStack() as stack:
        yield [_begun(stack, base, kind, path) for kind in kinds]


def _begun(stack: ExitStack, base: str, kind: str, path: str) -> SlowVisitor:
    address = urlsplit(base)
    connection = stack.enter_context(socket.socket())
    if kind == "reads nothing":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
    connection.settimeout(20)
    connection.connect((address.hostname, address.port))
    connection.sendall(_first_words(kind, address.netloc, path))
    if kind == "keeps alive":
        connection.recv(65_536)
    return SlowVisitor(kind, connection)


def _first_words(kind: str, host: str, path: str) -> bytes:
    form = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    sheet = f"GET /static/base.css HTTP/1.1\r\nHost: {host}\r\n\r\n"
    words = {
        "says nothing": "",
        "slow headers": f"GET {path} HTTP/1.1\r\nX-Slow: a",
        "slow body": f"{form}Content-Length: 5000\r\n\r\na",
        "slow chunks": f"{form}Transfer-Encoding: chunked\r\n\r\n",
        "keeps alive": f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "reads nothing": sheet * ANSWERS_ASKED,
    }
    return words[kind].encode()

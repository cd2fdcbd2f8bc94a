"""Requests as bytes: with header lines that no client library sends."""

import socket
from urllib.parse import urlsplit


def status_of(base: str, path: str, *lines: str) -> int:
    """The status of the answer to a GET with these header lines."""
    address = urlsplit(base)
    asked = [f"GET {path} HTTP/1.1", f"Host: {address.netloc}", "Connection: close", *lines, "", ""]
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as visitor:
        visitor.sendall("\r\n".join(asked).encode("latin-1"))
        return int(visitor.recv(1_000).split(b" ", 2)[1])

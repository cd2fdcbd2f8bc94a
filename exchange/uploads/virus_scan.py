"""A file shown to ClamAV's clamd before it is kept, where one is configured (clamd(8), INSTREAM).

It keeps nothing. The library for this is under the GPL, and what is needed is one question.
"""

import socket
import struct
import time

from exchange.errors import ExchangeError, InvalidInput

CONNECT_SECONDS = 5
ANSWER_SECONDS = 30  # ten megabytes take about one
PIECE_BYTES = 64 * 1024
ANSWER_MAX_BYTES = 1000


class ScannerAway(ExchangeError):
    """The scanner cannot be reached, or does not say what it found."""


def refuse_viruses(where: str, name: str, content: bytes) -> None:
    """Raise InvalidInput, field "files", when the scanner finds something, or cannot be asked.

    ``where`` is host:port or the path of a socket.
    """
    try:
        found = scanned(where, content)
    except ScannerAway as error:
        raise InvalidInput(
            "%(name)s was not kept: the virus scanner here does not answer. Try again later.",
            field="files",
            name=name,
        ) from error
    if found:
        raise InvalidInput(
            "%(name)s was refused: the virus scanner found %(found)s in it.",
            field="files",
            name=name,
            found=found,
        )


def scanned(where: str, content: bytes) -> str:
    """What the scanner found, by its name; "" for nothing. Raises ScannerAway."""
    pieces = (content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES))
    sent = b"".join(struct.pack("!I", len(piece)) + piece for piece in pieces)
    said = _said(where, b"zINSTREAM\0" + sent + struct.pack("!I", 0))
    if said == "stream: OK":
        return ""
    if not said.endswith(" FOUND"):
        raise ScannerAway("The virus scanner says: %(said)s", said=said[:200])
    return said.removeprefix("stream: ").removesuffix(" FOUND")[:100]


def check_scanner(where: str) -> None:
    """Raise ScannerAway unless the scanner answers."""
    said = _said(where, b"zPING\0")
    if said != "PONG":
        raise ScannerAway("The virus scanner says: %(said)s", said=said[:200])


def _said(where: str, question: bytes) -> str:
    deadline = time.monotonic() + ANSWER_SECONDS
    answer = b""
    try:
        with _connected(where) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.sendall(question)
            while b"\0" not in answer and len(answer) < ANSWER_MAX_BYTES:
                connection.settimeout(max(0.1, deadline - time.monotonic()))
                piece = connection.recv(ANSWER_MAX_BYTES)
                if not piece:
                    break
                answer += piece
    except OSError as error:
        raise ScannerAway("The virus scanner at %(where)s does not answer.", where=where) from error
    return answer.partition(b"\0")[0].decode(errors="replace").strip()


def _connected(where: str) -> socket.socket:
    if not where.startswith("/"):
        host, _, port = where.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(where)
    except OSError:
        connection.close()
        raise
    return connection

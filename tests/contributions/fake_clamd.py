"""A clamd on loopback that knows one virus, the harmless test file of EICAR (clamd(8), INSTREAM)."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIZE_MAX = 100_000


class _Question(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = self._until_zero()
        if command == b"zPING":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM":
            self.wfile.write(self._verdict() + b"\0")

    def _verdict(self) -> bytes:
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > SIZE_MAX:
                return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"

    def _until_zero(self) -> bytes:
        found = b""
        while (byte := self.rfile.read(1)) not in {b"\0", b""}:
            found += byte
        return found


class _OnPath(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _OnPort(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def clamd_on_port() -> Iterator[str]:
    """Its host:port."""
    with _OnPort(("127.0.0.1", 0), _Question) as server:
        yield from _served(server, f"127.0.0.1:{server.server_address[1]}")


@contextmanager
def clamd_on_path(folder: Path) -> Iterator[str]:
    """The path of its socket."""
    path = str(folder / "clamd.sock")
    with _OnPath(path, _Question) as server:
        yield from _served(server, path)


def port_of_nobody() -> str:
    """A host:port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return f"127.0.0.1:{held.getsockname()[1]}"


def _served(server: socketserver.BaseServer, where: str) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield where
    server.shutdown()
    thread.join()

"""Ends clients that take nothing of their answer: the system is told once, for all connections of a process.

Not slow readers: who takes a little each time keeps a connection, and no thread.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISSOCK

OPEN_FILES = Path("/dev/fd")


def end_stalled_readers(seconds: float) -> int:
    """Have connections closed whose other end takes nothing for ``seconds``; on how many listening sockets.

    What is accepted inherits it from the socket that listens. 0 where the system has no such limit
    (TCP_USER_TIMEOUT, RFC 5482, of Linux), or where another process listens.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None:
        return 0
    limited = 0
    for listening in _listening_sockets():
        with listening:
            listening.setsockopt(socket.IPPROTO_TCP, option, int(seconds * 1000))
        limited += 1
    return limited


def _listening_sockets() -> Iterator[socket.socket]:
    """Those of this process that wait for TCP connections, each as a copy that the caller closes."""
    for number in [int(entry.name) for entry in OPEN_FILES.iterdir()]:
        with suppress(OSError):  # closed since: the listing itself was open a moment ago
            if not S_ISSOCK(os.fstat(number).st_mode):
                continue
            found = socket.socket(fileno=os.dup(number))
            is_tcp = found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM
            if is_tcp and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                yield found
            else:
                found.close()

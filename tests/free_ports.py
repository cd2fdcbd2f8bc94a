"""Ports for servers that a test starts: on loopback, free now, and not one the system lends meanwhile.

A port that the system chose itself (port 0) lies where it also takes the near end of outgoing
connections, so that another process can hold it before the server of the test gets there.
"""

import random
import socket

OFFERED = range(15_000, 30_000)  # below where Linux (32768) and macOS (49152) take ports of their own accord
_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on, given to nobody else in this process."""
    for port in random.SystemRandom().sample(OFFERED, len(OFFERED)):
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise AssertionError(f"no free port between {OFFERED.start} and {OFFERED.stop}")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

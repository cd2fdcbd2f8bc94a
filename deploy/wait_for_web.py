"""Waits until a process of web or calendars is served by the proxy again: a unit counts as started then.

    python3 deploy/wait_for_web.py 8000

It needs nothing but the standard library. Exit code 1 when nothing answered in time.
"""

import sys
import time
from http.client import HTTPConnection, HTTPException

ANSWER_SECONDS = 5
WAIT_SECONDS = 60  # below systemd's TimeoutStartSec
PAUSE_SECONDS = 0.2
# A proxy of deploy/ leaves out for two seconds whom it missed: the next process may go only after that.
SETTLE_SECONDS = 3


def answers(port: int) -> bool:
    """Whether the process is well by its own word."""
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main() -> str | None:
    """Ask until it answers or the time is over; then what to say of it."""
    port, until = int(sys.argv[1]), time.monotonic() + WAIT_SECONDS
    while not answers(port):
        if time.monotonic() > until:
            return f"Nothing answered on port {port} within {WAIT_SECONDS} seconds."
        time.sleep(PAUSE_SECONDS)
    time.sleep(SETTLE_SECONDS)
    return None


if __name__ == "__main__":
    sys.exit(main())

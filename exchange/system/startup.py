"""What a long-lived process does once it has loaded all that it runs with."""

import gc
import os
import resource
import secrets
import socket
import sys

YOUNG_OBJECTS = 10_000  # made and kept before a collection looks for garbage; 700 is what Python begins with
TURN_SECONDS = 0.0005  # of one thread while others wait; 0.005 is what Python begins with


def keep_what_is_loaded() -> None:
    """Spare what is loaded from every later collection of garbage: it stays until the process ends.

    A full collection looked through all of it, a tenth of a second in the midst of a request or a tick.
    Collections are rarer from then on: the rows of one request are more than the 700 objects after which
    Python looks, and none of them is garbage yet.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def take_turns_often() -> None:
    """Let a thread that waits for the interpreter have it soon, also beside several that compute pages.

    Each of these keeps it for as long as Python allows before somebody else may go on, and the loop that
    answers calendars has to wait for one after the other, several times for one answer.
    """
    sys.setswitchinterval(TURN_SECONDS)


def allow_many_connections() -> None:
    """Let this process hold as many connections as the system lets it: a file each, 1,024 at first."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def process_name() -> str:
    """What this process calls itself before others, unlike any other.

    Two containers may have one name and one number: claims under one name would pass for each other's.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

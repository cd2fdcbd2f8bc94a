"""`python -m exchange.planning.search_processes.child MEGABYTES ORDER`: one search.

It has little memory and stands behind all others.

Solver and holidays are loaded before the memory is limited, so that what fails afterwards is the search:
an import that gets no memory may never come to an end. It ends itself when the process that started it is
gone: nobody would read its plan.
"""

import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from exchange.errors import ExchangeError
from exchange.planner.solve import has_solver
from exchange.planning.search_processes.search_order import carry_out, order_from
from exchange.rules.time.holidays import load_calendars

NICENESS = 5  # pages and letters come first
WATCH_SECONDS = 1.0
REFUSED = 3  # the sentence stands on the standard error; 1 and 2 are the interpreter's and its libraries'
NO_MEMORY = 4


def main() -> None:
    """Watch the parent, limit this process, and carry out the order."""
    stops: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stops.append(number))
    os.nice(NICENESS)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    megabytes, order = int(sys.argv[1]), order_from(sys.argv[2])
    _load()
    try:
        with _limited(megabytes * 1_000_000):
            said = "\n".join(carry_out(order, lambda: bool(stops)))
    except ExchangeError as error:
        sys.stderr.write(" ".join(str(error).split()) + "\n")
        sys.exit(REFUSED)
    except (MemoryError, ImportError):
        traceback.print_exc()
        sys.exit(NO_MEMORY)
    sys.stdout.write(said + "\n")


def _load() -> None:
    load_calendars()
    if has_solver():
        import exchange.planner.explain.conflict
        import exchange.planner.search.lexicographic_search  # noqa: F401  (loaded, not used)


@contextmanager
def _limited(most: int) -> Iterator[None]:
    """No more address space than ``most`` bytes; at the end as before, to say what happened."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (least, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _end_with(parent: int) -> None:
    while True:
        try:
            time.sleep(WATCH_SECONDS)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)
        except (MemoryError, SystemError):
            continue  # the search has taken all there was; this goes on watching


if __name__ == "__main__":
    main()

"""`python -m exchange.planning.child plan ...`: the command line with less memory, and behind all others.

It ends itself when the clock that started it is gone: nobody would read its plan.
"""

import os
import resource
import runpy
import signal
import sys
import threading
import time

NICENESS = 5  # pages and letters come first
WATCH_SECONDS = 1.0
MEMORY = "EXCHANGE_PLANNER_BYTES"  # set by solving.py: the most address space this process may use


def main() -> None:
    """Limit this process, watch the parent, and run the command."""
    most = int(os.environ.pop(MEMORY))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    os.nice(NICENESS)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    runpy.run_module("exchange", run_name="__main__", alter_sys=True)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.argv[0] = "exchange"
    main()

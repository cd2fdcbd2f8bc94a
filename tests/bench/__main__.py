"""`make bench`: start-up, memory and the busiest pages, each beside a peer in the same run.

Figures are for people to read; nothing here passes or fails. Pinned to one core, so that
a ratio means the same on a busy machine.
"""

import os

from tests.bench import pages, processes


def main() -> None:
    """Print every figure of the product, one line each."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    print(f"Pinned to core {core} of {os.cpu_count()}.")
    processes.measure()
    pages.measure()


if __name__ == "__main__":
    main()

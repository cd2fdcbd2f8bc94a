"""`make bench`: each part of the product beside a peer in the same run; `ARGS="pages"` measures one part.

Figures are for people to read; nothing here passes or fails. Pinned to one core, so that
a ratio means the same on a busy machine.
"""

import os
import sys
from collections.abc import Callable

from tests.bench import feeds, load, mail, notes, pages, planner, processes, publishing, ticks

PARTS: dict[str, Callable[[], None]] = {
    "processes": processes.measure,
    "pages": pages.measure,
    "ticks": ticks.measure,
    "load": load.measure,
    "feeds": feeds.measure,
    "publishing": publishing.measure,
    "mail": mail.measure,
    "notes": notes.measure,
    "planner": planner.measure,
}


def main(names: list[str]) -> None:
    """Print the figures of the named parts, or of all, one line each."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"There is no part {unknown[0]!r}; the parts are {', '.join(PARTS)}.")
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    print(f"Pinned to core {core} of {os.cpu_count()}.")
    for name in names or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])

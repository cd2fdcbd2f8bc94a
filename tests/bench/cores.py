"""Which core measures, and which one serves or asks from outside: the other side is another machine."""

import os


def other_core() -> int:
    """A core that this process is not pinned to; its own when there is one alone."""
    ours = os.sched_getaffinity(0)
    others = [core for core in range(os.cpu_count() or 1) if core not in ours]
    return others[0] if others else max(ours)

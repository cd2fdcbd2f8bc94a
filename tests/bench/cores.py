"""Which core measures, and which one serves or asks from outside: the other side is another machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from exchange.settings import ROOT


def other_core() -> int:
    """A core that this process is not pinned to; its own when there is one alone."""
    ours = os.sched_getaffinity(0)
    others = [core for core in range(os.cpu_count() or 1) if core not in ours]
    return others[0] if others else max(ours)


@contextmanager
def on_other_core(module: str) -> Iterator["subprocess.Popen[str]"]:
    """The module as a process on the other core, told and heard by lines; it ends with its input."""
    process = subprocess.Popen(
        ["taskset", "-c", str(other_core()), sys.executable, "-m", module],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait(timeout=60)

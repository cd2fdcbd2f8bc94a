"""A search in a child process, as a clock and the command line run it: started, stopped, ended, explained.

Whatever becomes of the child, the best plan that it wrote stays in its file, and there is one sentence.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from exchange.planning.search_processes.child import NO_MEMORY, REFUSED
from exchange.planning.search_processes.search_order import Order, unfinished
from exchange.settings import ROOT

GRACE_SECONDS = 20.0  # to write the last plan down after a stop
OVERTIME_SECONDS = 60.0  # beyond the seconds asked for, before the child is ended
BROKEN = "The search failed on our side. The fault is in the log."
# What a process says that gets no more memory. The last two are the interpreter's own: with none left to
# make an error of, it has only a SystemError that lies ready.
OUT_OF_MEMORY = (
    "MemoryError",
    "Memory allocation",
    "bad_alloc",
    "failed to map",
    "Cannot allocate",
    "can't start new thread",
    "SystemError",
)


class Search:
    """One order in a child process, which never outlives the ``with``; the folder takes what it says."""

    def __init__(self, order: Order, folder: Path, megabytes: int) -> None:
        self.order = order
        self._said, self._faults = folder / "said.txt", folder / "faults.txt"
        self._before = _stamp(order.out)
        self._began = time.monotonic()
        self._stopped: float | None = None
        self._child = self._start(megabytes)

    def _start(self, megabytes: int) -> subprocess.Popen[bytes]:
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        command = [
            sys.executable,
            "-m",
            "exchange.planning.search_processes.child",
            str(megabytes),
            self.order.as_text(),
        ]
        with self._said.open("wb") as said, self._faults.open("wb") as faults:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=faults,
                env={**os.environ, **one_thread},
                start_new_session=True,  # Ctrl-C in a terminal goes to the parent, which stops the child
            )

    def __enter__(self) -> "Search":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self.end()

    def has_ended(self, seconds: float) -> bool:
        """Whether it has ended by itself; waits for so long at most."""
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Ask it to end soon, with its best plan."""
        if self._stopped is None:
            self._child.terminate()
            self._stopped = time.monotonic()

    def end(self) -> None:
        """End it at once."""
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        unfinished(self.order.out, self._child.pid).unlink(missing_ok=True)

    @property
    def seconds(self) -> float:
        """How long it has been at work."""
        return time.monotonic() - self._began

    @property
    def is_overdue(self) -> bool:
        """Whether it had time enough to end by itself."""
        now = time.monotonic()
        if self._stopped is not None:
            return now - self._stopped > GRACE_SECONDS
        return self.order.seconds is not None and self.seconds > self.order.seconds + OVERTIME_SECONDS

    @property
    def code(self) -> int:
        """Its exit code, negative when a signal ended it; only after its end."""
        return int(self._child.returncode)

    @property
    def is_complete(self) -> bool:
        """Whether it came to the end of what was ordered."""
        return self.code == 0 and self._stopped is None

    @property
    def has_plan(self) -> bool:
        """Whether it wrote a plan."""
        return _stamp(self.order.out) not in (None, self._before)

    @property
    def said(self) -> str:
        """What it printed."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    @property
    def faults(self) -> str:
        """What stands on its standard error."""
        return self._faults.read_text(encoding="utf-8", errors="replace").strip()

    @property
    def failure(self) -> str:
        """Why there is no complete plan; "" after a stop that left one, which needs no reason."""
        if self.code == 0:
            return ""
        if self._stopped is not None:
            return "" if self.has_plan else "It was stopped before there was a plan."
        if self.is_overdue:
            return "The search did not end in its time and was ended."
        if self.code == REFUSED:
            return self.faults
        if self.code < 0 or self.code == NO_MEMORY or any(word in self.faults for word in OUT_OF_MEMORY):
            return "There was not enough memory for this search. Plan fewer weeks at once, or fewer cities."
        return BROKEN


def _stamp(file: Path) -> tuple[int, int] | None:
    """Which file stands there; another one after each write."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns

"""Threads for one kind of work, with a queue that ends: who finds it full is told at once.

No visitor has more than their share of it, so that one who asks without end is told, and others are served.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
WAITING_PER_THREAD = 50  # at a tenth of a second for a page, five seconds of waiting
SHARE = 4  # the part of all places that one visitor may hold, a quarter: a town hall's people may be one


class Busy(Exception):
    """More is waiting already than these threads get through in a time that anybody waits."""


class ThreadPool:
    """To be used from one event loop."""

    def __init__(self, name: str, threads: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads * (1 + WAITING_PER_THREAD)
        self._taken: Counter[str | None] = Counter()

    async def run(self, work: Callable[[], Result], *, whose: str | None) -> Result:
        """What ``work`` returns or raises, done in a thread. Raises Busy.

        ``whose`` is the network of the visitor it is done for; None for work of which nobody has a share.
        """
        has_share = whose is None or self._taken[whose] < self._most // SHARE
        if self._taken.total() >= self._most or not has_share:
            raise Busy
        self._taken[whose] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._taken[whose] -= 1
            if not self._taken[whose]:
                del self._taken[whose]

    def end(self) -> None:
        """Wait for what is being done and for what is queued."""
        self._executor.shutdown(wait=True)

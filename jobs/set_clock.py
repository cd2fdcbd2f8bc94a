"""Noticing that somebody set the wall clock, or that the machine slept."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

DIFFERS_BY = timedelta(seconds=2)  # a time server corrects a running clock by far less between two looks


class SetClock:
    """Holds the wall clock ``now`` against the seconds that went by, measured by a clock that nobody sets."""

    def __init__(self, now: Callable[[], datetime], gone: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._gone = gone
        self._was = self._difference()

    def was_set(self) -> bool:
        """Whether the wall clock moved by more or less than went by since the last look."""
        before, self._was = self._was, self._difference()
        return abs(self._was - before) > DIFFERS_BY

    def _difference(self) -> timedelta:
        """The wall clock's distance from an arbitrary moment, less what went by since that."""
        return timedelta(seconds=self._now().timestamp() - self._gone())

"""The last answer about readiness, which holds for a second: whoever asks without end costs one look."""

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from time import monotonic

from exchange.operations.readiness import Part

SECONDS = 1.0  # monitors ask every few


class RememberedReadiness:
    """Of one process. Safe to share between threads: while one of them looks, the others wait for it."""

    def __init__(self) -> None:
        self._parts: Sequence[Part] = ()
        self._until = 0.0
        self._lock = Lock()

    def parts(self, look: Callable[[], Iterable[Part]]) -> Sequence[Part]:
        """What the last look found, or a new one when that is too old."""
        with self._lock:
            if monotonic() >= self._until:
                self._parts = tuple(look())
                self._until = monotonic() + SECONDS
            return self._parts

"""A wire that takes letters and fails as a course says, in place of smtp.py. Nothing else is faked."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import event

from exchange.db import Database
from exchange.mail.wire.mime_message import Envelope
from exchange.mail.wire.transport import Dropped, TryLater
from tests.flows.course_steps import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    GREYLISTED,
    KILLED_AFTER,
    KILLED_BEFORE,
    Fault,
)
from tests.hand_clock import HandClock

KILLS = {KILLED_BEFORE, KILLED_AFTER}
TAKEN = {DROPPED_AFTER, KILLED_AFTER}


class Killed(BaseException):
    """The process is gone: nothing it would have done after this is done."""


@dataclass
class Wire:
    """``arrived`` has when, to whom and what; ``repeats`` counts letters whose sender never heard of it."""

    clock: HandClock
    arrived: list[tuple[datetime, str, bytes]] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    repeats: int = 0
    is_dead: bool = False

    def arm(self, fault: Fault) -> None:
        """The next letters meet the fault."""
        self.faults.extend([fault.kind] * fault.letters)

    def ready(self) -> None:
        """Nothing to open."""

    def send(self, envelope: Envelope, meanwhile: Iterator[None]) -> str:
        next(meanwhile, None)
        fault = self.faults.popleft() if self.faults else ""
        if fault == GREYLISTED:
            raise TryLater("451 4.7.1 Greylisted")
        if not fault or fault in TAKEN:
            self.arrived.append((self.clock(), envelope.recipient, envelope.content))
        self.repeats += fault in TAKEN
        if fault in KILLS:
            self.is_dead = True
            raise Killed
        if fault in {DROPPED_BEFORE, DROPPED_AFTER}:
            raise Dropped("Connection reset by peer") from OSError("reset")
        return "taken"

    def close(self) -> None:
        """Nothing to close."""


@contextmanager
def mortal(database: Database, is_dead: Callable[[], bool]) -> Iterator[None]:
    """Within the block no statement of a process that was killed reaches the database."""

    def refuse(*_: object) -> None:
        if is_dead():
            raise Killed

    event.listen(database.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", refuse)

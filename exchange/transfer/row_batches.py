"""Long lists as they leave: a batch of rows at a time. What is in a row, the reading function says."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sqlmodel import Session

from exchange.web.access.request_context import reading

Row = TypeVar("Row")


def in_batches(read: Callable[[Session, Row | None], Sequence[Row]], at_once: int) -> Iterator[Row]:
    """All rows, each batch from a session of its own: a slow reader keeps no lock and no connection.

    ``read`` is given the last row that it found, None at first, and finds the ``at_once`` rows that follow
    it, or what is left of them.
    """
    last: Row | None = None
    while True:
        with reading() as session:
            found = read(session, last)
        yield from found
        if len(found) < at_once:
            return
        last = found[-1]

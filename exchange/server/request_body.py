"""Reads the body of a request whole: at a pace, up to a length. Not what stands in it."""

import asyncio
from collections.abc import AsyncIterable
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

IN_MEMORY_BYTES = 65_536  # of one body; a longer one waits in a file of the system's, which has no name
# A body that is too long is still taken in and thrown away up to here: a browser that cannot finish sending
# shows a broken connection, and never the page that says how long a file may be.
DISCARDED_MAX_BYTES = 100_000_000


class TooSlow(Exception):
    """The body did not come in time."""


class BrokenOff(Exception):
    """The client left before it had sent all that it announced."""


@dataclass(frozen=True)
class Pace:
    """How fast a body must come: all of it within ``seconds``, and one more for each ``bytes_per_second``."""

    seconds: float
    bytes_per_second: int


@dataclass(frozen=True)
class Body:
    """A body that has arrived, of ``length`` bytes; one that was too long has its length alone."""

    content: IO[bytes]
    length: int


async def read_body(
    chunks: AsyncIterable[bytes], *, announced: int | None, most_bytes: int, pace: Pace
) -> Body:
    """The body that comes in ``chunks``; one longer than ``most_bytes`` is empty and keeps its length.

    ``announced`` is the Content-Length, None for a body that comes in chunks of HTTP.
    Raises TooSlow and BrokenOff.
    """
    content: IO[bytes] = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - closed by who takes it
    if announced is not None and announced > DISCARDED_MAX_BYTES:
        return Body(content, announced)
    try:
        length = await _receive(chunks, content, most_bytes, pace)
        if announced is not None and length < min(announced, DISCARDED_MAX_BYTES):
            raise BrokenOff
    except BaseException as error:  # whatever ends it, the file ends with it
        content.close()
        if isinstance(error, TimeoutError):
            raise TooSlow from None
        raise
    if length > most_bytes:
        content.truncate(0)
    content.seek(0)
    return Body(content, length)


async def _receive(chunks: AsyncIterable[bytes], content: IO[bytes], most_bytes: int, pace: Pace) -> int:
    """Bytes received. The time allowed grows with what has come, so that a lie about the length buys none."""
    length = 0
    async with asyncio.timeout(pace.seconds) as deadline:
        first = deadline.when() or 0.0
        async for chunk in chunks:
            length += len(chunk)
            if length > DISCARDED_MAX_BYTES:
                break
            if length <= most_bytes:
                content.write(chunk)
            deadline.reschedule(first + length / pace.bytes_per_second)
    return length

"""A body is taken whole, in time and up to a length; what is not is told apart."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from exchange.server.request_body import (
    DISCARDED_MAX_BYTES,
    IN_MEMORY_BYTES,
    BrokenOff,
    Pace,
    TooSlow,
    read_body,
)

MOST = 200_000
BRISK = Pace(seconds=0.2, bytes_per_second=10_000_000)


@pytest.mark.parametrize("sizes", [[], [0], [1], [5, 0, 7], [IN_MEMORY_BYTES + 1], [MOST], [1] * 1_000])
@pytest.mark.parametrize("is_announced", [True, False])
def test_whole_body_is_handed_on(sizes: list[int], is_announced: bool) -> None:
    announced = sum(sizes) if is_announced else None
    assert _read(sizes, announced=announced) == (sum(sizes), b"a" * sum(sizes))


@pytest.mark.parametrize("announced", [MOST + 10, None])
def test_body_beyond_the_most_is_taken_and_thrown_away(announced: int | None) -> None:
    assert _read([MOST, 10], announced=announced) == (MOST + 10, b"")


def test_body_beyond_all_patience_is_not_even_read() -> None:
    announced = DISCARDED_MAX_BYTES + 1
    assert _read([1], announced=announced) == (announced, b"")


def test_body_that_ends_before_its_length_is_broken() -> None:
    with pytest.raises(BrokenOff):
        _read([10], announced=11)


def test_slow_body_is_ended_and_a_long_one_has_longer() -> None:
    with pytest.raises(TooSlow):
        _read([1] * 20, announced=20, pause=0.02)
    grown = Pace(seconds=0.2, bytes_per_second=1_000)
    assert _read([100] * 20, announced=2_000, pause=0.02, pace=grown)[0] == 2_000


def _read(
    sizes: list[int], *, announced: int | None, pause: float = 0, pace: Pace = BRISK
) -> tuple[int, bytes]:
    """Its length, and what is handed on of it."""

    async def chunks() -> AsyncIterator[bytes]:
        for size in sizes:
            await asyncio.sleep(pause)
            yield b"a" * size

    body = asyncio.run(read_body(chunks(), announced=announced, most_bytes=MOST, pace=pace))
    with body.content as content:
        return body.length, content.read()

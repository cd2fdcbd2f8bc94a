"""Threads of one kind: what is too much is told at once, and what was taken is done before the end."""

import asyncio
import threading

import pytest

from exchange.server.thread_pool import SHARE, WAITING_PER_THREAD, Busy, ThreadPool

PLACES = 1 + WAITING_PER_THREAD


def test_full_queue_refuses_and_empties() -> None:
    async def fill() -> None:
        gate, pool = threading.Event(), ThreadPool("test", 1)
        taken = [asyncio.create_task(pool.run(gate.wait, whose=None)) for _ in range(PLACES)]
        await asyncio.sleep(0)
        for whose in (None, "192.0.2.1"):
            with pytest.raises(Busy):
                await pool.run(gate.wait, whose=whose)
        gate.set()
        assert all(await asyncio.gather(*taken))
        assert await pool.run(lambda: "served again", whose=None) == "served again"
        pool.end()

    asyncio.run(fill())


def test_one_visitor_takes_no_more_than_a_share() -> None:
    """One who kept 300 requests waiting had all places, and everybody else was told that we are busy."""

    async def fill() -> None:
        gate, pool = threading.Event(), ThreadPool("test", 1)
        greedy = [asyncio.create_task(pool.run(gate.wait, whose="192.0.2.1")) for _ in range(PLACES)]
        await asyncio.sleep(0)
        other = asyncio.create_task(pool.run(lambda: "served", whose="192.0.2.2"))
        await asyncio.sleep(0)
        gate.set()
        assert await other == "served"
        answers = await asyncio.gather(*greedy, return_exceptions=True)
        assert answers.count(True) == PLACES // SHARE
        assert all(isinstance(one, Busy) for one in answers if one is not True)
        assert await pool.run(lambda: "served again", whose="192.0.2.1") == "served again"
        pool.end()

    asyncio.run(fill())

"""One look at one calendar, from a process of its own that may be ended at any moment.

A stranger's calendar decides what happens in a look: a name that never resolves, headers that trickle, a
rule without end. So the process (child.py) is held to a time, to memory and to processor time, and knows
no database. What it needs goes in by its input, never by its arguments or its environment.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import structlog

from exchange.busy.fetching.fetch_messages import (
    READING_FACTOR,
    Limits,
    LookFailed,
    Question,
    Seen,
    question_text,
    read_answer,
)
from exchange.settings import ROOT, Settings

POLL_SECONDS = 0.5
PASSED_ON = ("PATH", "LD_LIBRARY_PATH")  # of the environment: what Python may need, and no secret

log = structlog.get_logger("exchange.busy")


def look(question: Question, settings: Settings, *, is_stopping: Callable[[], bool] = lambda: False) -> Seen:
    """What the calendar says. Raises LookFailed with a sentence for its owner."""
    limits = Limits(
        most_bytes=settings.busy_bytes,
        seconds=settings.busy_seconds,
        allow_private=settings.busy_allow_private,
        ca_file=settings.busy_ca_file,
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "exchange.busy.fetching.child"],
        cwd=ROOT,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could tell what the calendar holds
    )
    try:
        answer = _said(child, question_text(question, limits), limits.seconds, is_stopping)
    finally:
        child.kill()
        child.communicate()
    if child.returncode != 0:
        log.warning("look ended by its limits or a fault", returncode=child.returncode)
        raise LookFailed(
            "The calendar takes more memory or time than we can give it. Is there one with less in it?"
        )
    return read_answer(answer)


def _said(
    child: subprocess.Popen[bytes], question: str, seconds: int, is_stopping: Callable[[], bool]
) -> bytes:
    """All that the child says, once it has ended by itself.

    The fetch is held to ``seconds``. Reading what came is held to processor time, by the child itself: on a
    busy machine it takes longer, and no calendar is given up for that.
    """
    deadline, is_fetched = time.monotonic() + seconds, False
    given: bytes | None = question.encode()
    while True:
        try:
            return child.communicate(given, timeout=POLL_SECONDS)[0]
        except subprocess.TimeoutExpired as waiting:
            given = None  # it is on its way
            if waiting.output and not is_fetched:  # FETCHED
                is_fetched, deadline = True, time.monotonic() + READING_FACTOR * seconds
        if is_stopping():
            raise LookFailed("The look was broken off, because our clock was stopped. We try again.")
        if time.monotonic() > deadline:
            raise LookFailed(
                "The calendar could not be read in %(seconds)s seconds: the server is slow, or there is too"
                " much in it.",
                seconds=seconds,
            )

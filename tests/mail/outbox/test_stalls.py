"""Mail servers that answer slowly or never, at every moment: a raw socket that plays one."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.models import LetterState
from exchange.settings import Settings
from tests.mail.letters import NOW, all_letters, queue_letters
from tests.mail.sink import Sink, running

DEADLINE_SECONDS = 1


@contextmanager
def playing(lines: bytes, pause: float) -> Iterator[str]:
    """A server that says ``lines`` one byte after the other with pauses, then nothing more, and reads on."""
    listener = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def play() -> None:
        while not is_over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                for byte in lines:
                    if is_over.wait(pause):
                        return
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        break
                is_over.wait(30)

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        is_over.set()
        listener.close()
        thread.join(5)


@pytest.mark.parametrize(
    ("lines", "pause"),
    [
        (b"", 0),  # takes the connection and says nothing
        (b"220 mail.example.org ESMTP\r\n", 0),  # greets, and then says nothing
        (b"220-" + b"x" * 200, 0.1),  # says a byte now and then, and never comes to an end
    ],
    ids=["silent", "greets", "trickles"],
)
def test_server_that_stalls_before_a_letter_costs_no_letter_a_try(
    database: Database, lines: bytes, pause: float
) -> None:
    queue_letters(database, 2)
    with playing(lines, pause) as at:
        settings = Settings(smtp_url=SecretStr(f"smtp://{at}"), smtp_timeout_seconds=DEADLINE_SECONDS)
        began = time.monotonic()
        done = deliver_due(database, transport_for(settings), settings, now=NOW, worker="test:1", limit=10)
        assert time.monotonic() - began < 10 * DEADLINE_SECONDS
    assert done.unreachable
    assert {(row.state, row.attempts) for row in all_letters(database)} == {(LetterState.QUEUED, 0)}
    # Nothing is lost: the next run, with a server that answers, sends each once.
    sink = Sink()
    with running(sink) as at:
        settings = Settings(smtp_url=SecretStr(f"smtp://{at}"), smtp_timeout_seconds=DEADLINE_SECONDS)
        deliver_due(database, transport_for(settings), settings, now=NOW, worker="test:1", limit=10)
    assert len({message["Message-ID"] for message in sink.messages}) == len(sink.arrived) == 2

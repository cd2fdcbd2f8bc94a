"""What is accepted here inherits the limit; sockets of other kinds are left alone."""

import socket
import sys

import pytest

from exchange.server.stalled_readers import end_stalled_readers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a limit that Linux has")
SECONDS = 7


def limit_of(connection: socket.socket) -> int:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)


def test_connections_accepted_from_then_on_have_the_limit() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.socket(socket.AF_UNIX) as elsewhere,
        socket.socket(type=socket.SOCK_DGRAM),
        socket.socket() as silent,
    ):
        elsewhere.bind("\0exchange stalled readers test")
        elsewhere.listen()
        assert end_stalled_readers(SECONDS) >= 1
        with socket.create_connection(listening.getsockname()) as visitor:
            accepted, _ = listening.accept()
            with accepted:
                assert limit_of(accepted) == SECONDS * 1000
            assert limit_of(visitor) == 0
        assert limit_of(silent) == 0


def test_copies_of_sockets_are_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)), socket.socket(type=socket.SOCK_DGRAM):
        before = next_number()
        end_stalled_readers(SECONDS)
        assert next_number() == before


def next_number() -> int:
    """The number that the next open file gets."""
    with socket.socket() as probe:
        return probe.fileno()

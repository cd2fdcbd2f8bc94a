"""Sockets: none into our own network under whatever name, and only to the address that was checked."""

import socket

import pytest

from exchange.outgoing.pinned_connections import NotReached, open_socket


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "0x7f000001", "2130706433", "127.1"])
def test_no_socket_is_opened_to_our_own_network(host: str) -> None:
    """The system's resolver takes odd spellings of 127.0.0.1; what it answers is what is checked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        with pytest.raises(NotReached, match="private network|no server"):
            open_socket(host, server.getsockname()[1], allow_private=False)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_name_is_resolved_once_and_the_socket_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that changes its answer between the check and the connection (DNS rebinding) gains nothing."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolver(host: str, *rest: object, **options: object) -> object:
        asked.append(host)
        return real("127.0.0.1" if host == "rebinding.example" else host, *rest, **options)  # type: ignore[arg-type]  # as it came

    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        opened = open_socket("rebinding.example", server.getsockname()[1], allow_private=True)
        with opened:
            assert opened.getpeername()[0] == "127.0.0.1"
    assert asked.count("rebinding.example") == 1

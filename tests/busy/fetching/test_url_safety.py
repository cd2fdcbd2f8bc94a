"""Addresses: what is open to the internet, what is our own network under whatever name, what is none."""

import socket

import pytest

from exchange.busy.addresses import checked_url, host_of, is_public
from exchange.busy.question import LookFailed, Source
from exchange.busy.sealing import seal, unseal
from exchange.busy.wire import open_socket
from exchange.errors import ConfigurationError, InvalidInput
from exchange.settings import Settings


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"]
)
def test_public_addresses_are_open(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # the metadata of many clouds
        "100.100.100.200",  # and of one more
        "168.63.129.16",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.2.1",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2002:a00:1::1",
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
        "2001:db8::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "nonsense",
    ],
)
def test_addresses_of_private_networks_are_closed_however_they_are_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("webcal://example.org/a.ics", "https://example.org/a.ics"),
        (" https://example.org ", "https://example.org/"),
        ("HTTPS://example.org:8443/a?b=c#d", "https://example.org:8443/a?b=c"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert checked_url(typed, allow_http=False) == kept
    assert host_of(kept) == "example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "http://example.org/a.ics",
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "example.org/a.ics",
        "https://",
        "https:///a.ics",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nX-Evil: 1",
        "https://[::1",
        "https://" + "a" * 2000,
        "https://a..b/",
    ],
)
def test_what_is_no_address_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_url(typed, allow_http=False)
    assert refusal.value.field == "url"
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "0x7f000001", "2130706433", "127.1"])
def test_no_socket_is_opened_to_our_own_network(host: str) -> None:
    """The system's resolver takes odd spellings of 127.0.0.1; what it answers is what is checked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        with pytest.raises(LookFailed, match="private network|no server"):
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


def test_what_is_sealed_is_opened_with_the_same_secret_alone() -> None:
    source = Source("ics", "https://example.org/private-abc/basic.ics", "user", "pass word")
    mine = Settings(database_url="sqlite://")
    sealed = seal(source, mine)
    assert "private-abc" not in sealed
    assert unseal(sealed, mine) == source
    assert "private-abc" not in repr(source)
    with pytest.raises(ConfigurationError, match="Give the address again"):
        unseal(sealed, Settings(database_url="sqlite://", secret_key="another secret of this installation"))

"""IP addresses: what is open to the internet, and what is our own network however it is spelt."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.outgoing.public_addresses import is_public


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


PRIVATE = st.sampled_from(
    ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"]
).flatmap(lambda text: st.ip_addresses(network=text))
GLOBAL = st.integers(0x2001_0200_0000_0000, 0x2FFF_FFFF_FFFF_FFFF)  # the first half of an IPv6 address
ANY_64 = st.integers(0, 2**64 - 1)


@given(PRIVATE, GLOBAL, ANY_64, st.sampled_from([0x0000, 0x0200, 0x0100, 0x0300]))
def test_no_private_address_is_reached_inside_an_ipv6_address(
    private: ipaddress.IPv4Address, first_half: int, rest: int, bits: int
) -> None:
    """2a00:1450:0:5efe:7f00:1:: is odd and leads nowhere; fe80::5efe:7f00:1 and its kind are tunnels."""
    inside = int(private)
    found = [
        ("IPv4-mapped", 0xFFFF << 32 | inside),
        ("IPv4-compatible", inside),
        ("IPv4-translated", 0xFFFF << 48 | inside),
        ("NAT64", 0x0064_FF9B << 96 | inside),
        ("NAT64 of one network", 0x0064_FF9B_0001 << 80 | (rest >> 16) << 16 | inside & 0xFFFF),
        ("6to4", 0x2002 << 112 | inside << 80 | rest),
        ("Teredo", 0x2001_0000 << 96 | rest << 32 | inside ^ 0xFFFF_FFFF),
        ("Teredo, as its server", 0x2001_0000 << 96 | inside << 64 | rest),
        ("ISATAP", first_half << 64 | bits << 48 | 0x5EFE << 32 | inside),
        ("ISATAP of a link", 0xFE80 << 112 | bits << 48 | 0x5EFE << 32 | inside),
    ]
    open_ones = [name for name, number in found if is_public(str(ipaddress.IPv6Address(number)))]
    assert open_ones == []


@given(PRIVATE)
def test_an_identifier_of_isatap_is_closed_at_its_place_in_the_middle_too(
    private: ipaddress.IPv4Address,
) -> None:
    words = f"{int(private) >> 16:x}:{int(private) & 0xFFFF:x}"
    assert not is_public(f"2a00:1450:0:0:0:5efe:{words}")
    assert not is_public(f"2a00:1450:0:5efe:{words}::")

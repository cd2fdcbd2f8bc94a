"""Which IP addresses lie in the open internet, and not in our own network under whatever spelling.

Pure: names are resolved in pinned_connections.py, which asks here about every address that comes back.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Where an IPv6 address may hold an IPv4 one that a router on the way unwraps: the network, and how far its
# 32 bits stand from the end.
_WRAPPED = (
    (ipaddress.ip_network("::ffff:0:0/96"), 0),  # IPv4-mapped, RFC 4291
    (ipaddress.ip_network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (ipaddress.ip_network("2002::/16"), 80),  # 6to4, RFC 3056
)
_ISATAP, _ISATAP_BITS = 0x5EFE, 0xFCFFFFFF  # RFC 5214 6.1: what stands before the IPv4 address, less u and g
# Not all releases of Python call each of these private.
_CLOSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carriers' own, and many clouds' metadata
        "168.63.129.16/32",  # a cloud's own services under a public address
        "192.0.0.0/24",
        "192.88.99.0/24",  # the 6to4 relay, given up
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, given up
        "::ffff:0:0:0/96",  # IPv4-translated, RFC 2765, given up
        "64:ff9b:1::/48",  # NAT64 inside one network, RFC 8215
        "100::/64",
        "2001::/23",  # Teredo and other protocols' own
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet; one wrapped in another counts as itself."""
    try:
        given = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if given.version == 6 and _is_isatap(int(given)):
        return False  # a tunnel into somebody's own network, whatever the address in it
    found = _unwrapped(given)
    if any(found.version == net.version and found in net for net in _CLOSED):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _is_isatap(number: int) -> bool:
    """Also with the mark out of its place, which is no address of anybody and may be read by somebody."""
    return any((number >> bits) & _ISATAP_BITS == _ISATAP for bits in range(0, 112, 16))


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that stands in an IPv6 one, as far as there is one; else the address itself."""
    for network, bits_after in _WRAPPED:
        if address.version == network.version and address in network:
            return ipaddress.IPv4Address((int(address) >> bits_after) & 0xFFFFFFFF)
    return address

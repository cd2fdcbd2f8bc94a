"""Which addresses we look at: https on the public internet, and nothing of our own network.

Pure: names are resolved in wire.py, which asks here about every address that comes back.
"""

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from exchange.errors import InvalidInput

URL_MAX = 2000  # characters; the secret addresses of calendar services have 150 to 400

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")  # RFC 3056: an IPv4 address in bits 16 to 48
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
        "64:ff9b:1::/48",  # NAT64 inside one network
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


def checked_url(text: str, *, allow_http: bool) -> str:
    """The address as it is kept: webcal:// is https. Raises InvalidInput, field "url"."""
    url = text.strip()
    if len(url) > URL_MAX:
        raise InvalidInput("An address has at most %(most)s characters.", field="url", most=URL_MAX)
    if any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise InvalidInput("An address holds no spaces and no control characters.", field="url")
    scheme, colon, rest = url.partition(":")
    if scheme.lower() in {"webcal", "webcals"}:
        url = f"https{colon}{rest}"
    return _checked(url, allow_http=allow_http)


def host_of(url: str) -> str:
    """The name of the server, all that is shown of an address."""
    return urlsplit(url).hostname or ""


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet; one wrapped in another counts as itself."""
    try:
        found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if any(found.version == net.version and found in net for net in _CLOSED):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _unwrapped(address: Address) -> Address:
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address


def _checked(url: str, *, allow_http: bool) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port  # raises for a port that is none
        host = parts.hostname or ""
        host.encode("idna")
    except (ValueError, UnicodeError) as error:
        raise InvalidInput("This is not an address: https://, a server, and a path.", field="url") from error
    if parts.scheme.lower() != "https" and not (allow_http and parts.scheme.lower() == "http"):
        raise InvalidInput("The address of a calendar begins with https:// or webcal://.", field="url")
    if not host or port == 0:
        raise InvalidInput("This is not an address: https://, a server, and a path.", field="url")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(
            "Put user and password into their own fields: an address is no safe place for them.", field="url"
        )
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path or "/", parts.query, ""))

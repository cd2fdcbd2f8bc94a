"""Connections that lead where was checked: a name is resolved once, and the socket goes to that address.

Nothing here decides what is public; public_addresses.py does. TLS is checked against the name, as always.
"""

import socket
import ssl
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from exchange.errors import ExchangeError
from exchange.outgoing.public_addresses import is_public

CONNECT_SECONDS = 10


class NotReached(ExchangeError):
    """No connection was made, and why; a sentence for the one who gave the address."""


def session_for(*, allow_private: bool, ca_file: Path | None, allow_http: bool = False) -> requests.Session:
    """A session that reaches public addresses only, or with ``allow_private`` any; without TLS none but by
    ``allow_http``.

    It reads no proxies, passwords or certificates from the environment. Its requests raise NotReached, too.
    """
    session = requests.Session()
    session.trust_env = False
    adapter = _Adapter(allow_private, ca_file)
    session.mount("https://", adapter)
    if allow_http:
        session.mount("http://", adapter)
    else:
        session.adapters.pop("http://")
    return session


def open_socket(host: str, port: int, *, allow_private: bool) -> socket.socket:
    """A socket to the first address of the name that answers; every address of it must be public.

    Raises NotReached for a name that does not exist or leads into a private network, and OSError.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached("There is no server called %(host)s.", host=host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise NotReached(
            "%(host)s leads into a private network, where we do not look. Give an address that is"
            " open to the internet.",
            host=host,
        )
    return _connected(addresses, port)


def _connected(addresses: list[str], port: int) -> socket.socket:
    problem = OSError("no address")
    for address in addresses:
        try:
            # The numbers that were checked: nothing is resolved again.
            return socket.create_connection((address, port), CONNECT_SECONDS)
        except OSError as error:
            problem = error
    raise problem


class _Adapter(HTTPAdapter):
    """requests' own adapter over connections of ours."""

    def __init__(self, allow_private: bool, ca_file: Path | None) -> None:
        self._allow_private, self._ca_file = allow_private, ca_file
        super().__init__(max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **options: object
    ) -> None:
        context = ssl.create_default_context()
        if self._ca_file is not None:
            context.load_verify_locations(self._ca_file)
        pools = _pools(self._allow_private)
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, ssl_context=context
        )
        self.poolmanager.pool_classes_by_scheme = pools


def _pools(allow_private: bool) -> dict[str, type[HTTPConnectionPool]]:
    def connect(connection: HTTPConnection) -> socket.socket:
        return open_socket(connection.host, connection.port or 443, allow_private=allow_private)

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}

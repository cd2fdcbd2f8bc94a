"""Whose name a request may ask for: this installation's, and nobody else's.

A page that was fetched under another name could be used to make addresses or caches lie.
"""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, request

from exchange.settings import Settings
from exchange.web.access.probes import PROBES

MISDIRECTED = "Nothing is served here under that name."
MOST_MET = 100  # ways of writing a known host, its ports included, that are remembered
_LOOPBACK = ("localhost", "127.0.0.1")
_ANY_IP = r"(?:[0-9.]{7,15}|\[[0-9a-fA-F:.]{2,45}\]|localhost)"
_PORT = r"(?::[0-9]{1,5})?"


class KnownHosts:
    """The host of base_url and those of further_hosts, on any port; in development this machine, too."""

    def __init__(self, settings: Settings) -> None:
        names = [urlsplit(settings.base_url).hostname or "", *settings.further_hosts.split()]
        if not settings.is_production:
            names += _LOOPBACK
        either = "|".join(re.escape(name) for name in names)
        self._known = re.compile(f"(?:{either}){_PORT}", re.IGNORECASE)
        self._met: set[str] = set()  # known ones, as they were written
        self._of_supervisors = re.compile(_ANY_IP + _PORT)

    def know(self, host: str) -> bool:
        """Whether a Host header names this installation."""
        if host in self._met:
            return True
        is_known = self._known.fullmatch(host) is not None
        if is_known and len(self._met) < MOST_MET:
            self._met.add(host)
        return is_known

    def know_for_probes(self, host: str) -> bool:
        """The same for what supervisors ask at a bare address, or without a name."""
        return not host or self._of_supervisors.fullmatch(host) is not None or self.know(host)


def check_hosts(app: Flask, settings: Settings) -> None:
    """Refuse requests for other names before anything else looks at them."""
    hosts = KnownHosts(settings)

    def refuse() -> Response | None:
        host = request.environ.get("HTTP_HOST", "")
        if hosts.know_for_probes(host) if request.path in PROBES else hosts.know(host):
            return None
        return Response(f"{MISDIRECTED}\n", 421, mimetype="text/plain")

    app.before_request(refuse)

"""Guesses at secret addresses, counted per network in memory, and shared between web processes in batches.

Secrets have 256 bits, so this spares work, not secrets: no answer to a stranger's guess waits for a write,
and a guesser who finds several processes has their tries from each until these have told each other. An
address that is known opens however often others were wrong.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from exchange.db import Database
from exchange.system.batches import keep_doing
from exchange.web.access.rate_limits import add_tries, network_of, tries_since

GUESSES = 30  # unknown addresses that one network may ask for in a window: old links, mistyped ones
WINDOW = timedelta(minutes=10)
NETWORKS = 10_000  # that are remembered; of more, those that guessed longest ago are forgotten
BATCH_SECONDS = 5.0
BATCH_MOST = 1_000  # guesses of one batch; those beyond count in their process alone
WHAT = "guess"  # as the database has it


class GuessCounter:
    """Safe to share between threads; one per application."""

    def __init__(self) -> None:
        self._guesses: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._new: list[tuple[str, datetime]] = []  # what the other processes do not know yet
        self._lock = Lock()

    def retry_seconds(self, address: str | None, now: datetime) -> int | None:
        """Note a guess from ``address``: None when it may be answered, else the seconds to wait."""
        network = network_of(address)
        with self._lock:
            guesses = self._guesses.setdefault(network, deque(maxlen=GUESSES))
            self._guesses.move_to_end(network)
            while guesses and guesses[0] <= now - WINDOW:
                guesses.popleft()
            if len(guesses) >= GUESSES:
                return max(1, math.ceil((guesses[0] + WINDOW - now).total_seconds()))
            guesses.append(now)
            if len(self._new) < BATCH_MOST:
                self._new.append((network, now))
            if len(self._guesses) > NETWORKS:
                self._guesses.popitem(last=False)
        return None

    def share(self, database: Database) -> None:
        """Tell the other processes what was guessed here since the last time, and learn from them.

        Without a guess no statement. A batch that cannot be written is dropped: it counts here alone.
        """
        with self._lock:
            told, self._new = self._new, []
        if not told:
            return
        networks = {network for network, _ in told}
        since = min(at for _, at in told) - WINDOW
        with database.transaction() as session:
            add_tries(session, WHAT, told)
            known = {one: tries_since(session, WHAT, one, since, most=GUESSES) for one in networks}
        with self._lock:
            for network in networks & self._guesses.keys():
                meanwhile = [at for one, at in self._new if one == network]
                self._guesses[network] = deque([*known[network], *meanwhile], maxlen=GUESSES)

    def start(self, database: Database) -> None:
        """Share from a thread that ends with the process."""
        keep_doing(lambda: self.share(database), "guesses", seconds=BATCH_SECONDS)


def client_address(environ: Mapping[str, object], trusted_proxies: int) -> str:
    """The visitor's address as our own proxies say it; for what stands in front of Flask's ProxyFix."""
    if not trusted_proxies:
        return str(environ.get("REMOTE_ADDR", ""))
    forwarded = [part.strip() for part in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    return forwarded[-trusted_proxies] if len(forwarded) >= trusted_proxies else ""

"""What a delivery run could not write down because the database left: kept in memory until it is back.

A living clock makes its letters good at once; free_stuck of delivery_outcomes.py frees those of a dead one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange.db import Database
from exchange.mail.outbox import delivery_outcomes
from exchange.mail.outbox.delivered import Delivered
from exchange.mail.outbox.refusal_fuse import EVERYBODY
from exchange.mail.wire.claimed_letter import ClaimedLetter

log = structlog.get_logger("exchange.delivery")


@dataclass
class Unfinished:
    """Of one clock process. ``taken`` are with the server, with its words; ``untried`` were claimed alone.

    ``is_unsure`` is whether there may be others under its name: what was on the wire, and claims of which
    it was never told whether they were committed. ``rests_of`` are domains, or EVERYBODY, for which a fuse
    has blown: until when, and the server's words.
    """

    taken: list[tuple[ClaimedLetter, str]] = field(default_factory=list)
    untried: list[ClaimedLetter] = field(default_factory=list)
    is_unsure: bool = False
    rests_of: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def rest(self, why: str, until: datetime, domain: str) -> None:
        """Let nothing go to a domain, or to EVERYBODY, before a moment: most was refused in these words."""
        self.rests_of[domain] = until, why

    def resting(self, now: datetime) -> frozenset[str]:
        """What rests at a moment; what rested before it is forgotten."""
        self.rests_of = {
            domain: (until, why) for domain, (until, why) in self.rests_of.items() if now < until
        }
        return frozenset(self.rests_of)

    def rests(self, now: datetime) -> bool:
        """Whether a run may not begin yet."""
        return EVERYBODY in self.resting(now)

    def resting_done(self) -> Delivered:
        """What a run has to say that does nothing for what rests."""
        for domain, (_until, why) in sorted(self.rests_of.items()):
            return Delivered(stopped=why, stopped_to=domain)
        return Delivered()

    def keep(self, taken: tuple[ClaimedLetter, str] | None, untried: Iterable[ClaimedLetter]) -> None:
        """Remember what a run leaves behind that lost its database."""
        if taken is not None:
            self.taken.append(taken)
        self.untried.extend(untried)
        self.is_unsure = True

    def finish(self, database: Database, *, worker: str, now: datetime) -> None:
        """Write it down before anything else is claimed. What the database raises goes through."""
        if not self.is_unsure:
            return
        with database.transaction() as session:
            freed = self._finish(session.connection(), worker, now)
        log.info("letters taken up again", taken=len(self.taken), untried=len(self.untried), unsure=freed)
        self.taken, self.untried, self.is_unsure = [], [], False

    def _finish(self, connection: Connection, worker: str, now: datetime) -> int:
        for letter, answer in self.taken:
            delivery_outcomes.mark_sent(connection, letter, answer, now)
        delivery_outcomes.give_back(connection, self.untried)
        return delivery_outcomes.free_claims(connection, worker)

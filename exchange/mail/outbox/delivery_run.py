"""What one run of delivery has in its hands, letter by letter. Not the delivering."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from exchange.db import Database
from exchange.mail.outbox.delivered import Delivered
from exchange.mail.outbox.refusal_fuse import Fuse
from exchange.mail.outbox.unfinished import Unfinished
from exchange.mail.wire.claimed_letter import ClaimedLetter
from exchange.mail.wire.mime_message import Envelope, Unwritable
from exchange.mail.wire.transport import Transport
from exchange.settings import Settings


@dataclass
class Claimed:
    """A letter of ours, and what goes on the wire, or why it cannot; None before that is worked out."""

    letter: ClaimedLetter
    envelope: Envelope | Unwritable | None = None


@dataclass
class Run:
    """One run: what stays the same, and the letters before and after the one on the wire.

    ``taken`` is with the server and not written down yet, with the server's words; ``waiting`` are
    claimed and not tried yet. ``remaining`` is how many letters may still be claimed, ``resting`` the
    domains to which none is.
    """

    database: Database
    connection: Connection
    transport: Transport
    settings: Settings
    worker: str
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    remaining: int
    resting: frozenset[str] = frozenset()
    done: Delivered = field(default_factory=Delivered)
    taken: tuple[ClaimedLetter, str] | None = None
    waiting: deque[Claimed] = field(default_factory=deque)
    unfinished: Unfinished = field(default_factory=Unfinished)
    fuse: Fuse = field(default_factory=Fuse)

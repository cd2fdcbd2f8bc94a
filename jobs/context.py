"""What a tick is given. It makes nothing by itself; __main__.py does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from exchange.db import Database
from exchange.mail.transport import Transport
from exchange.rules.cycles import StagePlan
from exchange.settings import Settings


@dataclass(frozen=True)
class Context:
    """One clock process: ``worker`` names it in claims, ``stopping`` is set when it should end."""

    database: Database
    settings: Settings
    plan: StagePlan
    transport: Transport
    now: Callable[[], datetime]
    worker: str
    stopping: Event = field(default_factory=Event)

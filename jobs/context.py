"""What a tick is given. It makes nothing by itself; __main__.py does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Event

from exchange.db import Database
from exchange.mail.outbox.unfinished import Unfinished
from exchange.mail.wire.transport import Transport
from exchange.reminders.duty_letters import Rules
from exchange.reminders.duty_rules import duty_rules
from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.programme.cycles import StagePlan
from exchange.settings import Settings
from exchange.system.outages import OutageLog


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
    ask_templates: Mapping[str, AskTemplate] = field(default_factory=dict)
    outages: OutageLog = field(default_factory=OutageLog)
    unfinished: Unfinished = field(default_factory=Unfinished)

    @cached_property
    def duty_rules(self) -> Rules:
        """What letters about duties go by. Raises ConfigurationError."""
        return duty_rules(self.settings, self.plan)

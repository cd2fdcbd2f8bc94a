"""Who notes who was there, when, and what those who are noted are asked by. It decides nothing."""

from dataclasses import dataclass
from datetime import datetime

from exchange.models import Person
from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.settings import Settings


@dataclass(frozen=True)
class Noting:
    """``actor`` notes at ``now``; letters are written by ``settings``.

    ``feedback`` is the template of what is asked afterwards, None where there is none; until when, the
    ``profiles`` of preparation say.
    """

    actor: Person
    now: datetime
    settings: Settings
    profiles: Profiles
    feedback: AskTemplate | None = None

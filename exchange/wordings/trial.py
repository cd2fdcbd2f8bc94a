"""Where and by whom a wording is tried. A value; the examples are made beside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.mail.writing.rehearsal import PERSONAL_LINK
from exchange.models import (
    Person,
)
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings
from exchange.wordings.drafts import Scope

_DAY = timedelta(days=1)
LOOKED_AT = 100  # of the last rows: enough for some readers of each kind


@dataclass(frozen=True)
class Trial:
    """Where and by whom a wording is tried, and what stays the same for all its examples."""

    session: Session
    scope: Scope
    plan: StagePlan
    settings: Settings
    me: Person
    now: datetime

    def link(self, path: str) -> str:
        """What stands where a real letter has its reader's own link."""
        return f"{self.settings.base_url.rstrip('/')}/{path}/{PERSONAL_LINK}"

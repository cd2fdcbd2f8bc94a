"""Ends what the secret could sign that once stood in the source: addresses of calendars, links of letters.

Until version 0.2 it was the default in development, so anybody could make them too.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import SecretStr

from exchange.db import Database
from exchange.secret_rotation.rotation import has_made, rotate
from exchange.settings import Settings
from exchange.tokens import PUBLIC_SECRET

WHY = "It was made with a secret that is public."


def retire_public_secret(database: Database, settings: Settings, now: datetime) -> Sequence[str]:
    """Sentences on what was ended; none when nothing was made with the public secret, as from then on."""
    public = SecretStr(PUBLIC_SECRET)
    if not has_made(database, public, settings):
        return []
    done = rotate(database, old=public, new=settings, now=now, why=WHY)
    said = "This installation signed with a secret that anybody can read; it has one of its own now."
    return [said, *done.lines()]

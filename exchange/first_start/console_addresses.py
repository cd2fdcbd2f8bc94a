"""The address that makes the first coordinator, for whoever reads the console; nothing of it is stored.

It opens until somebody coordinates the network, and for settings.sign_in_minutes at most: actions.py asks the
database for the first, this file looks at the second.
"""

from datetime import datetime
from enum import StrEnum

from cryptography.fernet import InvalidToken

from exchange.settings import Settings
from exchange.tokens import sealing

_PURPOSE = "exchange first coordinator"
_SECONDS = 60


class Token(StrEnum):
    """What becomes of a token that somebody brings."""

    GOOD = "good"
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # nobody made it here


def console_address(settings: Settings, now: datetime) -> str:
    """The whole address, to be printed and never logged."""
    sealed = sealing(settings.secret_key, _PURPOSE).encrypt_at_time(b"", int(now.timestamp()))
    return f"{settings.base_url}/first-run/{sealed.decode().rstrip('=')}"


def token_state(token: str, settings: Settings, now: datetime) -> Token:
    """Whether the token is one of ours, and young enough."""
    seal = sealing(settings.secret_key, _PURPOSE)
    padded = token.encode() + b"=" * (-len(token) % 4)
    try:
        made_at = seal.extract_timestamp(padded)
    except (InvalidToken, ValueError):
        return Token.UNKNOWN
    age_seconds = now.timestamp() - made_at
    return Token.GOOD if age_seconds < settings.sign_in_minutes * _SECONDS else Token.EXPIRED

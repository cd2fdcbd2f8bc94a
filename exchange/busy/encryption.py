"""Addresses and passwords of other people's calendars, encrypted with a key made from the secret key.

What is sealed is never shown again: it is opened for a look at the calendar alone.
"""

import base64
import json
from dataclasses import asdict

from cryptography.fernet import Fernet, InvalidToken

from exchange.busy.fetching.fetch_messages import Source
from exchange.errors import ConfigurationError
from exchange.settings import Settings
from exchange.tokens import derived

_PURPOSE = "exchange busy calendar addresses"  # a key of its own, so that it opens nothing else


def seal(source: Source, settings: Settings) -> str:
    """The source as the database may keep it."""
    return _box(settings).encrypt(json.dumps(asdict(source)).encode()).decode()


def unseal(sealed: str, settings: Settings) -> Source:
    """The source again. Raises ConfigurationError when it was sealed with another secret key."""
    try:
        return Source(**json.loads(_box(settings).decrypt(sealed.encode())))
    except InvalidToken as error:
        raise ConfigurationError(
            "The address cannot be opened, because the secret key of this installation was changed."
            " Give the address again."
        ) from error


def _box(settings: Settings) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived(settings.secret_key, _PURPOSE)))

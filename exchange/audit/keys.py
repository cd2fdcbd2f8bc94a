"""The keys under which the trail is chained: read from the settings or a file, never from the database.

The first key signs; those after it, older ones, go on verifying what they signed.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session

from exchange.errors import ConfigurationError
from exchange.settings import Settings
from exchange.tokens import is_same
from exchange.unsafe_settings import SECRET_MIN_CHARACTERS

CARRIED_AS = "audit keys"  # in the info of every session
FILE = "audit.key"
_PRIVATE = 0o600
_NAME_CHARACTERS = 12  # of a key's digest: tells a handful of keys apart and gives nothing away


@dataclass(frozen=True)
class KeyRing:
    """The keys of one installation by their names, the one that signs first."""

    signing: str
    keys: dict[str, bytes] = field(repr=False)

    def mac(self, key_id: str, message: bytes) -> str | None:
        """HMAC-SHA-256 of the message in hex; None when the key of that name is not here."""
        key = self.keys.get(key_id)
        return hmac.new(key, message, hashlib.sha256).hexdigest() if key else None

    def is_signed(self, mac: str, key_id: str, message: bytes) -> bool:
        """Whether ``mac`` is what the key of that name makes of the message."""
        right = self.mac(key_id, message)
        return right is not None and is_same(right, mac)


def key_ring(written: Sequence[str]) -> KeyRing:
    """The ring of these keys, the newest first. Raises ConfigurationError for none, or one too short."""
    if not written:
        raise ConfigurationError("There is no key for the audit trail: see EXCHANGE_AUDIT_KEY.")
    if any(len(key) < SECRET_MIN_CHARACTERS for key in written):
        raise ConfigurationError(
            "A key of the audit trail is too short: use at least %(least)s characters.",
            least=SECRET_MIN_CHARACTERS,
        )
    named = {_name(key): key.encode() for key in written}
    return KeyRing(next(iter(named)), named)


def carried(settings: Settings) -> dict[str, object]:
    """What sessions carry so that the trail can be written and verified, for ``Database(url, carries=...)``.

    Without EXCHANGE_AUDIT_KEY the keys stand in data_dir/audit.key, which is made when it is missing.
    Raises ConfigurationError when there is no key and none can be kept.
    """
    return {CARRIED_AS: _load(settings)}


def present_keys(settings: Settings) -> KeyRing | None:
    """The keys that are here already: none is made. None where there are none; raises as ``carried``."""
    if not settings.audit_key and not (settings.data_dir / FILE).exists():
        return None
    return _load(settings)


def keys_of(session: Session) -> KeyRing:
    """The keys that the session's database was opened with."""
    ring = session.info.get(CARRIED_AS)
    if not isinstance(ring, KeyRing):
        raise ConfigurationError("This database was opened without the keys of its audit trail.")
    return ring


def _load(settings: Settings) -> KeyRing:
    if settings.audit_key:
        written = settings.audit_key.get_secret_value().replace(",", " ").split()
        return key_ring(written)
    file = settings.data_dir / FILE
    try:
        return key_ring(_read_or_make(file))
    except OSError as error:
        raise ConfigurationError(
            "The key of the audit trail cannot be kept in %(file)s (%(cause)s): make that readable for"
            " this user alone, or set EXCHANGE_AUDIT_KEY.",
            file=file,
            cause=error.strerror or type(error).__name__,
        ) from error


def _read_or_make(file: Path) -> list[str]:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(file)
    if file.stat().st_mode & 0o077:
        raise ConfigurationError("%(file)s is open to others: chmod 600 %(file)s.", file=file)
    return file.read_text(encoding="ascii").split()


def _make(file: Path) -> None:
    """Written whole under another name first: of two processes that start together, one is a moment late."""
    part = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "w") as opened:
            opened.write(secrets.token_hex(32) + "\n")
        os.link(part, file)
    except FileExistsError:
        pass  # the other process was first, and its key holds
    finally:
        part.unlink(missing_ok=True)


def _name(key: str) -> str:
    return hashlib.sha256(b"name of an audit key:" + key.encode()).hexdigest()[:_NAME_CHARACTERS]

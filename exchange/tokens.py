"""Secrets that stand in addresses and cookies: made here, kept in the database as digests only.

And the secret that signs them in development, made once for an installation and kept in its data folder.
"""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import SecretStr

TOKEN_BYTES = 32  # 256 bits: beyond guessing, however many tries
SECRET_FILE = "secret_key"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
# It stood in the source, so anybody can sign with it: refused wherever it is given.
PUBLIC_SECRET = "development-only-secret-change-me"


def new_token() -> str:
    """A fresh secret that fits an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored of a secret token: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_same(right: str, shown: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how alike; ``shown`` may be any text."""
    return hmac.compare_digest(right.encode(), shown.encode(errors="surrogatepass"))


def derived(secret_key: SecretStr, purpose: str) -> bytes:
    """32 bytes that only the secret key's holder can make, the same each time for the same purpose.

    ``purpose`` names what they are for and whose they are; no two uses share one.
    """
    return hmac.digest(secret_key.get_secret_value().encode(), purpose.encode(), "sha256")


def sealing(secret_key: SecretStr, purpose: str) -> Fernet:
    """What encrypts and authenticates texts for one purpose: nothing sealed for another opens with it."""
    return Fernet(base64.urlsafe_b64encode(derived(secret_key, purpose)))


def derived_token(secret_key: SecretStr, purpose: str) -> str:
    """The same as text that fits an address: 43 letters, digits, hyphens and underscores."""
    return base64.urlsafe_b64encode(derived(secret_key, purpose)).decode().rstrip("=")


def read_secret(folder: Path) -> str | None:
    """The secret kept in the folder; None when there is none. Raises OSError."""
    try:
        return (folder / SECRET_FILE).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def kept_secret(folder: Path) -> str:
    """The secret kept in the folder, made when there is none; of two processes at once both get the same.

    Raises OSError when nothing can be written there.
    """
    found = read_secret(folder)
    if found:
        return found
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    beside = folder / f"{SECRET_FILE}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "w") as file:
            file.write(f"{new_token()}\n")
        with suppress(FileExistsError):  # another one was faster: its secret counts
            (folder / SECRET_FILE).hardlink_to(beside)
    finally:
        beside.unlink(missing_ok=True)
    return read_secret(folder) or kept_secret(folder)

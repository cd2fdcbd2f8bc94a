"""Secrets that stand in addresses and cookies: made here, kept in the database as digests only."""

import base64
import hashlib
import hmac
import secrets

from pydantic import SecretStr

TOKEN_BYTES = 32  # 256 bits: beyond guessing, however many tries


def new_token() -> str:
    """A fresh secret that fits an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored of a secret token: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(secret_key: SecretStr, purpose: str) -> bytes:
    """32 bytes that only the secret key's holder can make, the same each time for the same purpose.

    ``purpose`` names what they are for and whose they are; no two uses share one.
    """
    return hmac.digest(secret_key.get_secret_value().encode(), purpose.encode(), "sha256")


def derived_token(secret_key: SecretStr, purpose: str) -> str:
    """The same as text that fits an address: 43 letters, digits, hyphens and underscores."""
    return base64.urlsafe_b64encode(derived(secret_key, purpose)).decode().rstrip("=")

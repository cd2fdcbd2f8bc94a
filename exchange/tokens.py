"""Secrets that stand in addresses and cookies: made here, kept in the database as digests only."""

import hashlib
import secrets

TOKEN_BYTES = 32  # 256 bits: beyond guessing, however many tries


def new_token() -> str:
    """A fresh secret that fits an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored of a secret token: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()

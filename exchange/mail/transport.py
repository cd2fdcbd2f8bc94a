"""What delivery asks of whatever carries letters, and the ways in which it fails.

Not a carrier itself: smtp.py and maildir.py are.
"""

from email.message import EmailMessage
from typing import Protocol


class Unreachable(Exception):
    """There is no way to the server now: nothing was tried with any letter."""


class TryLater(Exception):
    """The server did not take this letter now; it may later."""


class Dropped(TryLater):
    """The connection broke while this letter was on it; the server may or may not have taken it."""


class Refused(Exception):
    """The server will never take this letter; the message is its words."""


class AddressRefused(Refused):
    """The server will never take any letter to this address."""


class Transport(Protocol):
    """Carries letters one by one, and may keep a connection open between them."""

    def ready(self) -> None:
        """Make sure that the next letter has a way. Raises Unreachable."""

    def send(self, message: EmailMessage, to: str) -> str:
        """Hand over one letter; the server's words when it took it. Raises TryLater or Refused."""

    def close(self) -> None:
        """End the connection, if there is one."""

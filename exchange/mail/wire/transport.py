"""What delivery asks of whatever carries letters, and the ways in which it fails.

Not a carrier itself: smtp.py and maildir.py are.
"""

from collections.abc import Iterator
from typing import Protocol

from exchange.mail.wire.mime_message import Envelope


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

    def send(self, envelope: Envelope, meanwhile: Iterator[None]) -> str:
        """Hand over one letter; the server's words when it took it. Raises TryLater or Refused.

        Advances ``meanwhile`` once before anything of the letter is shown, and may do so again in each
        wait for the server. What that raises ends the sending, and goes through.
        """

    def close(self) -> None:
        """End the connection, if there is one."""

"""Asking "is it you?" before what is dangerous: a second factor or a fresh link, within the last minutes.

The page that asks, and the way back to what was typed, stand in exchange.accounts.
"""

from datetime import timedelta

from exchange.errors import Forbidden
from exchange.web.access.request_context import now, settings, signed_in


class ProofNeeded(Forbidden):
    """The reader may do this, once they have proved that it is still they."""


def needs_recent_proof() -> None:
    """Go on only when the reader proved lately that it is they. Raises ProofNeeded; the page then asks.

    Call it in a view before anything is changed: what was typed comes back into the form afterwards.
    """
    proved_at = signed_in().proved_at
    if proved_at is None or proved_at + timedelta(minutes=settings().proof_minutes) <= now():
        raise ProofNeeded("Confirm that it is you, and then go on.")

"""A letter as delivery has claimed it: the columns that sending and its outcome need, as a value.

Not the claiming (outbox.claims), and not the message that is made of it (mime_message.py).
"""

from datetime import datetime
from typing import NamedTuple


class ClaimedLetter(NamedTuple):
    """What is needed of a letter to send it and to write down what became of it; columns of Letter.

    A run takes them by the hundred, and making the full model of each takes longer than sending it.
    """

    id: int
    kind: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    calendar: str
    message_id: str
    unsubscribe_url: str
    cycle_id: int | None
    training_id: int | None
    due_at: datetime
    claimed_at: datetime
    claimed_by: str
    attempts: int

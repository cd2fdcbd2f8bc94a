"""The audit trail: who did what, in the transaction of the change, chained under a key kept elsewhere.

It records and verifies; it never changes or deletes a row. Its pages are in exchange.trail.
"""

from exchange.audit.anchor_checks import fault_since_last
from exchange.audit.canonical import content_digest, is_digest, kept_text
from exchange.audit.people import actor_name, named, people_named, person_id_of
from exchange.audit.recording import (
    has_held_still,
    is_first_this_hour,
    record,
    record_done,
    wait_for_turn,
    was_this_hour,
)
from exchange.audit.row_checks import Fault
from exchange.audit.verification import Verdict, verify

__all__ = [
    "Fault",
    "Verdict",
    "actor_name",
    "content_digest",
    "fault_since_last",
    "has_held_still",
    "is_digest",
    "is_first_this_hour",
    "kept_text",
    "named",
    "people_named",
    "person_id_of",
    "record",
    "record_done",
    "verify",
    "wait_for_turn",
    "was_this_hour",
]

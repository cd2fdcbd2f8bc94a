"""When people may say at the door of a meeting that they are there. Pure; who may, the policy says."""

from datetime import datetime, timedelta

BEFORE = timedelta(hours=1)  # who comes early, registers early
AFTER = timedelta(hours=2)  # a queue at the way out, and a code still on the wall


def is_door_open(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether it is open at ``now``: from an hour before the meeting begins until two hours after its end."""
    return starts_at - BEFORE <= now < ends_at + AFTER

"""The clock: the only module that reads the time.

It is read at the border (a request, a tick, a command); everything else is given ``now``.
"""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)

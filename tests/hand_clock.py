"""A clock moved by hand, given to create_app and to jobs in place of the real one."""

from datetime import UTC, datetime, timedelta


class HandClock:
    """Tells ``at`` until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def __call__(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        """Move to an instant; a naive one is refused."""
        if at.utcoffset() is None:
            raise ValueError(f"{at} has no zone")
        self.at = at.astimezone(UTC)

    def advance(self, **amount: float) -> None:
        """Move on: ``advance(days=1, hours=2)``, in hours that pass, not on the wall."""
        self.at += timedelta(**amount)

"""What a web process knows of one address of a feed: where it leads, and who has fetched there. No rows."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class PollCount:
    """Fetches by one kind of program since the process began; ``last`` is on the monotonic clock.

    ``state_at`` is the Last-Modified of the state that was fetched last.
    """

    polls: int = 0
    written: int = 0
    last: float = 0.0
    state_at: datetime = _NEVER


@dataclass(frozen=True, slots=True, eq=False)
class AddressState:
    """The feed that an address leads to; ``serial`` tells the feed's addresses apart, 0 the public one.

    ``ends_at``: when the last membership of the city it is for is over, on the city's wall.
    ``counts`` finds the count of a program by what it says of itself, for as long as this look is held.
    """

    feed_id: int
    serial: int
    is_revoked: bool
    ends_at: datetime | None = None
    counts: dict[str, PollCount] = field(default_factory=dict)

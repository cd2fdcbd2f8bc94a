"""Which content coding a client takes, by its Accept-Encoding (RFC 9110 12.5.3).

Pure. Not whether it has the bytes already: conditional_requests.py says that.
"""

from enum import StrEnum
from functools import lru_cache

_LONGEST = 1_000  # characters of a header that is read at all; no honest one is longer


class Coding(StrEnum):
    """A content coding a calendar is held in."""

    IDENTITY = "identity"
    GZIP = "gzip"


def coding_for(accepted: str | None) -> Coding | None:
    """The coding for an Accept-Encoding; None when the client takes neither.

    gzip only when it is named, or when "*" is all that is left because identity is refused: some
    clients say "*" and cannot unpack. Of two that are taken the one with the higher weight, gzip first.
    """
    if not accepted or len(accepted) > _LONGEST:
        return Coding.IDENTITY
    return _coding_for(accepted)


@lru_cache(maxsize=512)
def _coding_for(accepted: str) -> Coding | None:
    weights = dict(_weighted(item) for item in accepted.lower().split(",") if item.strip())
    gzip = weights.get("gzip", weights.get("x-gzip"))
    anything = weights.get("*")
    identity = weights.get("identity", 0.0 if anything == 0 else None)
    if identity == 0:
        offered = gzip if gzip is not None else anything
        return Coding.GZIP if offered else None
    return Coding.GZIP if gzip and gzip >= (identity or 0) else Coding.IDENTITY


def _weighted(item: str) -> tuple[str, float]:
    """A coding and its weight: 1 when none is said, 0 when it cannot be read."""
    name, *parameters = [part.strip() for part in item.split(";")]
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return name, 0.0
            return name, weight if 0 <= weight <= 1 else 0.0
    return name, 1.0

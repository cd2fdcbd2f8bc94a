"""What HTTP leaves to be agreed on: which coding a client takes, and whether it has the bytes already.

Pure (RFC 9110, sections 12.5.3, 13.1 and 13.2.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache

_LONGEST = 1_000  # characters of a header that is read at all; no honest one is longer


class Coding(StrEnum):
    """A content coding a calendar is held in."""

    IDENTITY = "identity"
    GZIP = "gzip"


@dataclass(frozen=True)
class Validators:
    """What tells one state of a representation from another: a strong, quoted tag and a date."""

    etag: str
    last_modified: str  # as sent
    modified_at: datetime


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


def status_for(headers: dict[str, str], held: Validators, now: Callable[[], datetime]) -> int:
    """200, 304 or 412 for a GET or HEAD with these CGI variables, in the order of RFC 9110 13.2.2.

    A date to come is nobody's Last-Modified, and would have a client wait for that day; ``now`` is asked
    for the others that are not ours.
    """
    if_match = headers.get("HTTP_IF_MATCH")
    if if_match is not None:
        if not _names(if_match, held.etag, is_weak=False):
            return 412
    elif "HTTP_IF_UNMODIFIED_SINCE" in headers:
        date = _date(headers["HTTP_IF_UNMODIFIED_SINCE"])
        if date is not None and held.modified_at > date:
            return 412
    if_none_match = headers.get("HTTP_IF_NONE_MATCH")
    if if_none_match is not None:
        return 304 if _names(if_none_match, held.etag, is_weak=True) else 200
    since = headers.get("HTTP_IF_MODIFIED_SINCE")
    if since is None:
        return 200
    if since == held.last_modified:
        return 304
    date = _date(since)
    return 304 if date is not None and held.modified_at <= date <= now() else 200


def _names(listed: str, etag: str, *, is_weak: bool) -> bool:
    """Whether a list of tags names ours; a weak comparison looks past W/."""
    if listed in (etag, "*"):
        return True
    if len(listed) > _LONGEST * 10:
        return False
    tags = [tag.strip() for tag in listed.split(",")]  # no tag of ours holds a comma
    return etag in [tag.removeprefix("W/") if is_weak else tag for tag in tags]


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo is not None else None

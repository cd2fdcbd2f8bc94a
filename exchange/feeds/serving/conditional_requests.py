"""Whether a client has the bytes already: conditional requests (RFC 9110 13.1 and 13.2.2).

Pure. Not in which coding it gets them: content_coding.py says that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

_LONGEST = 1_000  # characters of a header that is read at all; no honest one is longer


@dataclass(frozen=True)
class Validators:
    """What tells one state of a representation from another: a strong, quoted tag and a date."""

    etag: str
    last_modified: str  # as sent
    modified_at: datetime


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

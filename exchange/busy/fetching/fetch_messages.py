"""What is asked of a look and what it answers, as values and as JSON between two processes.

Light to load, because each look begins a process.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from exchange.calendar_reading.left_out import Reason
from exchange.errors import ExchangeError
from exchange.rules.findings.busy import Interval

FETCHED = "\n"  # what the child says before its answer: from now on the processor's time counts
READING_FACTOR = 2  # of the time for the fetch: how long reading may take on the wall of a busy machine
CALDAV = "caldav"  # the other kind, "ics", is a file


class LookFailed(ExchangeError):
    """A look at a calendar went wrong; the sentence is for the one who gave the address."""


@dataclass(frozen=True, repr=False)
class Source:
    """Where a calendar is; an empty user means none is given. It does not show itself in logs."""

    kind: str
    url: str
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Limits:
    """What a look may cost: bytes after unpacking, and seconds in all."""

    most_bytes: int
    seconds: int
    allow_private: bool = False
    ca_file: Path | None = None


@dataclass(frozen=True)
class Question:
    """What to look at: the span in UTC, the zone for days and floating times, what is known already.

    ``owner`` is the address of the person whose calendar it is; "" for a city's.
    """

    source: Source
    from_at: datetime
    to_at: datetime
    time_zone: str
    etag: str = ""
    last_modified: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Seen:
    """What a look found; ``intervals`` is None when nothing changed."""

    intervals: list[Interval] | None
    left_out: int = 0
    etag: str = ""
    last_modified: str = ""
    reasons: list[Reason] = field(default_factory=list)


def question_text(question: Question, limits: Limits) -> str:
    """For the child."""
    return json.dumps({"question": asdict(question), "limits": asdict(limits)}, default=str)


def read_question(text: str) -> tuple[Question, Limits]:
    """In the child."""
    given = json.loads(text)
    asked, limits = given["question"], given["limits"]
    asked["source"] = Source(**asked["source"])
    for name in ("from_at", "to_at"):
        asked[name] = datetime.fromisoformat(asked[name])
    limits["ca_file"] = Path(limits["ca_file"]) if limits["ca_file"] else None
    return Question(**asked), Limits(**limits)


def answer_text(found: Seen | LookFailed) -> str:
    """In the child."""
    if isinstance(found, LookFailed):
        return json.dumps({"failed": found.template, "values": found.values})
    return json.dumps({"seen": asdict(found)}, default=str)


def read_answer(text: bytes) -> Seen:
    """For the parent. Raises LookFailed when that is what the child says."""
    given: Mapping[str, dict[str, object]] = json.loads(text)
    if "failed" in given:
        raise LookFailed(str(given["failed"]), **given["values"])
    seen = given["seen"]
    intervals: list[dict[str, str]] | None = seen.pop("intervals")  # type: ignore[assignment]  # as answer_text wrote it
    reasons = [Reason(**one | {"lines": tuple(one["lines"])}) for one in seen.pop("reasons")]  # type: ignore[attr-defined]  # as above
    found = None if intervals is None else [_interval(one) for one in intervals]
    return Seen(found, reasons=reasons, **seen)  # type: ignore[arg-type]  # as above


def _interval(one: Mapping[str, str]) -> Interval:
    starts_at, ends_at = (datetime.fromisoformat(one[name]) for name in ("starts_at", "ends_at"))
    return Interval(starts_at, ends_at, is_tentative=bool(one["is_tentative"]))

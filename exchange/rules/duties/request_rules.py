"""What can be asked for by the public forms; config/requests.toml: days, reminders, how long links open."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from exchange.rules.toml_fields import Entry, refuse

CONFIRM_DAYS = 7  # after which a request is forgotten that nobody confirmed by the link of its receipt
_MOST_DAYS = 366


class RequestKind(StrEnum):
    """What somebody asks for."""

    FORMAT = "accessible format"
    REPORT = "exercise report"
    JOIN = "join"
    DATA = "my data"
    FAULT = "fault"


@dataclass(frozen=True)
class Span:
    """Until when a kind is answered: working days of the host city, or months; one of them is 0.

    ``remind_after`` is the working day on which it reminds.
    """

    working_days: int
    months: int
    remind_after: int


@dataclass(frozen=True)
class RequestRules:
    """The file, read. ``host_city`` is a slug, the rest days."""

    host_city: str
    link_days: int
    release_days: int
    spans: Mapping[RequestKind, Span]


def read_request_rules(document: Mapping[str, object]) -> RequestRules:
    """The rules of a parsed document; raises ConfigurationError with the place and what is wrong."""
    days = ("link_days", "release_days")
    entry = Entry("", document, known={"host_city", "kinds", *days})

    def span(place: str, table: object) -> tuple[RequestKind, Span]:
        one = Entry(place, table, known={"kind", "working_days", "months", "remind_after"})
        kind = RequestKind(one.choice("kind", list(RequestKind)))
        counted = {
            key: one.integer(key, 1, _MOST_DAYS) if one.has(key) else 0 for key in ("working_days", "months")
        }
        if bool(counted["working_days"]) is bool(counted["months"]):
            refuse(place, "working_days or months", counted)
        return kind, Span(**counted, remind_after=one.integer("remind_after", 1, _MOST_DAYS))

    found = entry.each("kinds", span)
    if sorted(kind for kind, _ in found) != sorted(RequestKind):
        refuse("kinds", "each kind once", [kind for kind, _ in found])
    numbers = {key: entry.integer(key, 1, _MOST_DAYS) for key in days}
    return RequestRules(host_city=entry.text("host_city"), spans=dict(found), **numbers)

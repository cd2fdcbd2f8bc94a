"""What a calendar answers (RFC 5546 3.2.3 REPLY), read out of a message. Pure; it trusts nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Component

from exchange.mail.inbox.parsed_message import Incoming, Unreadable, payload
from exchange.models import Answer

CALENDAR = "text/calendar"
_ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "TENTATIVE": Answer.TENTATIVE,
    "DECLINED": Answer.DECLINED,
}
_MAILTO = "mailto:"


@dataclass(frozen=True)
class Reply:
    """One answer: ``answer`` None for what is none of the three; ``stamp`` when the calendar wrote it."""

    uid: str
    sequence: int
    stamp: datetime | None
    attendee: str
    answer: Answer | None
    organizer: str


def has_calendar(found: Incoming) -> bool:
    """Whether a message brings a calendar part at all."""
    return any(found.parts(CALENDAR))


def reply_in(found: Incoming) -> Reply | None:
    """The answer that a message brings; None when its calendar is none (somebody else's invitation).

    Raises Unreadable when the calendar cannot be read.
    """
    for part in found.parts(CALENDAR):
        calendar = _calendar(payload(part))
        if str(calendar.get("METHOD", "")).upper() not in {"REPLY", "COUNTER"}:
            continue
        return _reply(calendar)
    return None


def _calendar(content: bytes) -> Component:
    try:
        return Calendar.from_ical(content)
    except Exception as error:
        # Whatever a stranger's bytes do to the parser is the same to us: there is no calendar to read.
        raise Unreadable(f"The calendar in it cannot be read: {type(error).__name__}.") from error


def _reply(calendar: Component) -> Reply:
    try:
        event = next(iter(calendar.walk("VEVENT")))
        is_counter = str(calendar.get("METHOD")).upper() == "COUNTER"
        attendee = _first(event.get("ATTENDEE"))
        partstat = str(getattr(attendee, "params", {}).get("PARTSTAT", "")).upper()
        return Reply(
            uid=str(event.get("UID", "")),
            sequence=int(event.get("SEQUENCE", 0)),
            stamp=_stamp(event),
            attendee=_address(attendee),
            answer=None if is_counter else _ANSWERS.get(partstat),
            organizer=_address(_first(event.get("ORGANIZER"))),
        )
    except (StopIteration, ValueError, TypeError, AttributeError) as error:
        raise Unreadable("The answer in its calendar is broken.") from error


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _address(value: object) -> str:
    text = str(value or "").strip()
    return text[len(_MAILTO) :].lower() if text.lower().startswith(_MAILTO) else text.lower()


def _stamp(event: Component) -> datetime | None:
    stamp = getattr(event.get("DTSTAMP"), "dt", None)
    if not isinstance(stamp, datetime):
        return None
    return stamp.astimezone(UTC) if stamp.tzinfo else stamp.replace(tzinfo=UTC)

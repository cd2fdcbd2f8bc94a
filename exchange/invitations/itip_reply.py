"""What a calendar answers (RFC 5546 3.2.3 REPLY), read out of a message. Pure; it trusts nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message

from icalendar import Calendar, Component

from exchange.mail.inbox.parsed_message import Incoming, Unreadable, payload, text_of
from exchange.models import Answer
from exchange.rules.plain_text import is_control

_CALENDAR_MAX = 200_000  # characters; an answer has some thousand, and a described zone
_EVENTS_MAX = 20  # an answer names one event, or a few dates of a series
COMMENT_MAX = 500  # characters of a comment that are kept
_TYPES = frozenset({"text/calendar", "application/ics", "application/calendar", "text/x-vcalendar"})
_NAMES = (".ics", ".ical", ".ifb", ".vcs")
_BEGINS = re.compile(r"\s*BEGIN:VCALENDAR\b", re.IGNORECASE)
_ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "TENTATIVE": Answer.TENTATIVE,
    "DECLINED": Answer.DECLINED,
}
_METHODS = frozenset({"REPLY", "COUNTER"})
_MAILTO = "mailto:"
# A UID that Exchange wrapped into its own (MS-OXCICAL 2.1.3.1.1.20.26): "vCal-Uid", 1, the UID, 0.
_WRAPPED = re.compile(r"[0-9A-F]*7643616C2D55696401000000((?:[0-9A-F]{2})+?)(?:00)?", re.IGNORECASE)
# Outlook's class of an answer, as it stands in winmail.dat (MS-OXOCAL 2.2.5).
_CLASSES = {
    rb"IPM\.(?:Schedule\.Meeting\.Resp\.Pos|Microsoft Schedule\.MtgRespP)": Answer.ACCEPTED,
    rb"IPM\.(?:Schedule\.Meeting\.Resp\.Tent|Microsoft Schedule\.MtgRespA)": Answer.TENTATIVE,
    rb"IPM\.(?:Schedule\.Meeting\.Resp\.Neg|Microsoft Schedule\.MtgRespN)": Answer.DECLINED,
}


@dataclass(frozen=True)
class Attendee:
    """Somebody as an answer names them: by whichever addresses, and who answered in their place."""

    addresses: tuple[str, ...]
    sent_by: str
    answer: Answer | None  # None for what is none of the three
    comment: str = ""


@dataclass(frozen=True)
class Reply:
    """One answer; ``stamp`` is when the calendar wrote it, ``sequence`` None where it does not say."""

    uid: str
    sequence: int | None
    stamp: datetime | None
    starts_at: datetime | None
    attendees: tuple[Attendee, ...]
    organizer: str
    method: str  # "" where neither the calendar nor its part says one
    comment: str

    @property
    def is_counter(self) -> bool:
        """Whether it proposes another time."""
        return self.method == "COUNTER"


def replies_in(calendars: Iterable[tuple[Message, str]]) -> list[Reply]:
    """The answers that a message's calendars bring, and those that say no method; none of other invitations.

    Raises Unreadable when no calendar in it can be read.
    """
    replies: list[Reply] = []
    trouble: Unreadable | None = None
    for part, text in calendars:
        try:
            replies += _replies(_calendar(text), str(part.get_param("method") or ""))
        except Unreadable as error:
            trouble = trouble or error
    if trouble is not None and not replies:
        raise trouble
    return replies


def answer_in_winmail(found: Incoming) -> Answer | None:
    """What an answer in Outlook's own wrapping says; None where there is none."""
    for part in found.message.walk():
        if part.get_content_type() in {"application/ms-tnef", "application/vnd.ms-tnef"}:
            content = _bytes_of(part)
            return next((said for name, said in _CLASSES.items() if re.search(name, content)), None)
    return None


def comment_of(text: str) -> str:
    """A comment as it is kept: on one line, cut."""
    clean = "".join(" " if is_control(character) else character for character in text)
    return " ".join(clean.split())[:COMMENT_MAX]


def calendars_in(found: Incoming) -> Iterator[tuple[Message, str]]:
    """The parts that are calendars: by type, by name, or by how they begin."""
    for part in found.message.walk():
        if part.is_multipart() or part.get_content_maintype() == "message":
            continue
        is_called = part.get_content_type() in _TYPES or str(part.get_filename("")).lower().endswith(_NAMES)
        try:
            text = text_of(part)
        except Unreadable:
            text = ""
        if is_called or _BEGINS.match(text):
            yield part, text


def _bytes_of(part: Message) -> bytes:
    try:
        return payload(part)
    except Unreadable:
        return b""


def _calendar(text: str) -> Component:
    if len(text) > _CALENDAR_MAX:
        raise Unreadable("The calendar in it is too long for an answer.")
    try:
        return Calendar.from_ical(text.replace("\x00", ""))
    except Exception as error:
        # Whatever a stranger's bytes do to the parser is the same to us: there is no calendar to read.
        raise Unreadable(f"The calendar in it cannot be read: {type(error).__name__}.") from error


def _replies(calendar: Component, method_of_part: str) -> list[Reply]:
    method = str(calendar.get("METHOD", "") or method_of_part).strip().upper()
    if method and method not in _METHODS:
        return []
    events = list(calendar.walk("VEVENT"))
    if not events and method:
        raise Unreadable("The answer in its calendar is broken.")
    try:
        return [_reply(event, method) for event in events[:_EVENTS_MAX]]
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable("The answer in its calendar is broken.") from error


def _reply(event: Component, method: str) -> Reply:
    sequence = event.get("SEQUENCE")
    return Reply(
        uid=_uid(str(event.get("UID", "")).strip()),
        sequence=None if sequence is None else int(sequence),
        stamp=_instant(event.get("DTSTAMP")),
        starts_at=_instant(event.get("DTSTART")),
        attendees=tuple(_attendee(one) for one in _each(event.get("ATTENDEE"))),
        organizer=_address(next(iter(_each(event.get("ORGANIZER"))), "")),
        method=method,
        comment=comment_of(" ".join(str(one) for one in _each(event.get("COMMENT")))),
    )


def _attendee(value: object) -> Attendee:
    params = getattr(value, "params", {})
    named = (_address(value), _address(params.get("EMAIL")))
    return Attendee(
        addresses=tuple(address for address in named if "@" in address),
        sent_by=_address(params.get("SENT-BY")),
        answer=_ANSWERS.get(str(params.get("PARTSTAT", "")).upper()),
        comment=comment_of(str(params.get("X-RESPONSE-COMMENT", ""))),
    )


def _uid(text: str) -> str:
    """The UID as we wrote it: ours are in lower case, which some programs change."""
    wrapped = _WRAPPED.fullmatch(text)
    return bytes.fromhex(wrapped.group(1)).decode("ascii", "replace").lower() if wrapped else text.lower()


def _each(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _address(value: object) -> str:
    text = str(value or "").strip().strip("<>").lower()
    return text.removeprefix(_MAILTO).strip().strip("<>")


def _instant(value: object) -> datetime | None:
    found = getattr(value, "dt", None)
    if not isinstance(found, datetime):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

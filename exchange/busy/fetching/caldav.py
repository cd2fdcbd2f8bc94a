"""A CalDAV collection asked for the events of a span (RFC 4791 7.8), and its answer read safely.

The events are not expanded by the server: not every server can, and none is to be trusted with it.
"""

from datetime import datetime
from xml.parsers import expat

from exchange.busy.fetching.fetch_messages import LookFailed, Source
from exchange.busy.fetching.http_fetch import Answer, Asked

_DATA = "urn:ietf:params:xml:ns:caldav calendar-data"
_BODY = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:prop><C:calendar-data/></D:prop>
  <C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
    <C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>
  </C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>
"""


def query(source: Source, from_at: datetime, to_at: datetime) -> Asked:
    """The request for all events that touch the span (UTC)."""
    return Asked(
        source.url,
        method="REPORT",
        headers={"Depth": "1", "Content-Type": "application/xml; charset=utf-8"},
        body=_BODY.format(start=from_at, end=to_at).encode(),
        user=source.user,
        password=source.password,
    )


def calendars_in(answer: Answer) -> bytes:
    """All calendars of the answer, one after the other. Raises LookFailed when it is none."""
    if answer.status != 207:
        raise LookFailed(
            "The address is no CalDAV calendar. Is it the address of a calendar file? Then choose that kind."
        )
    found: list[str] = []
    is_inside = False

    def start(name: str, _attributes: object) -> None:
        nonlocal is_inside
        is_inside = name == _DATA
        if is_inside and found:
            found.append("\r\n")

    def end(_name: str) -> None:
        nonlocal is_inside
        is_inside = False

    def text(data: str) -> None:
        if is_inside:
            found.append(data)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(answer.content or b"", True)
    except expat.ExpatError as error:
        raise LookFailed("The server's answer is not what CalDAV says it should be.") from error
    return "".join(found).encode()


def _refuse_doctype(*_parts: object) -> None:
    """A document type can make a small answer huge by entities; no CalDAV server sends one."""
    raise LookFailed("The server's answer is not what CalDAV says it should be.")

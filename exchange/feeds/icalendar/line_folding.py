"""Fold content lines (RFC 5545 3.1) as the calendar library does, at a tenth of the time.

The library looks at each character; most lines are plain ASCII and short. The bytes are the same,
which a test holds against the library itself.
"""

from icalendar.parser import Contentline

_MOST = 74  # octets of a line: one less than allowed, as the library has it
_ESCAPES = ("\\", "^")  # what begins an escaped character, never parted from the rest of it


def folded(line: Contentline) -> bytes:
    """The line, folded, ended by CRLF."""
    if not line.isascii():
        return bytes(line.to_ical()) + b"\r\n"  # type: ignore[no-untyped-call]  # the library's
    pieces, start = [], 0
    while start < len(line):
        end = start + _MOST
        if end < len(line) and line[end - 1] in _ESCAPES:
            end -= 1
        pieces.append(line[start:end])
        start = end
    return "\r\n ".join(pieces).encode() + b"\r\n"

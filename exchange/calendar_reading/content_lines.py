"""The content lines of a calendar: octets unfolded before they are decoded (RFC 5545 3.1), then taken apart.

It knows nothing of components; a line that is none comes back without a name.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

UTF8_MARK = codecs.BOM_UTF8
_WIDE_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BREAK = re.compile(rb"\r*\n|\r")
_FOLD = re.compile(rb"(?:\r*\n|\r)[ \t]")
_PARAMETER = re.compile(r""";\s*([A-Za-z0-9-]+)\s*=\s*("[^"]*"|[^";]*)""")
_TEXT = re.compile(r'((?:"[^"]*"|[^":])*):(.*)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_NEW_LINES = {"n": "\n", "N": "\n"}


@dataclass(frozen=True)
class Property:
    """One property of a component; names of parameters in capitals, values without their quotation marks."""

    value: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as text (RFC 5545 3.3.11)."""
        return _ESCAPED.sub(lambda found: _NEW_LINES.get(found[1], found[1]), self.value)


def plain_octets(content: bytes) -> bytes:
    """The file as UTF-8 or as older programs write it, without the marks that editors put in front of it."""
    for mark, encoding in _WIDE_MARKS:
        if content.startswith(mark):
            content = content.decode(encoding, errors="replace").encode()
    for encoding, zero_at in (("utf-16-le", 1), ("utf-16-be", 0)):
        if content[zero_at:20:2] == bytes(10):  # a wide file whose mark was lost
            content = content.decode(encoding, errors="replace").encode()
    while content.startswith(UTF8_MARK):
        content = content[len(UTF8_MARK) :]
    return content


def opening_of(octets: bytes) -> bytes:
    """How a file begins, unfolded and in capitals."""
    return _FOLD.sub(b"", octets.lstrip()[:400]).upper()


def content_lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Each unfolded line with the number of the line of the file on which it begins."""
    begun: list[tuple[int, list[bytes]]] = []  # pieces: one line may hold a file of megabytes
    for number, line in enumerate(_BREAK.split(content), 1):
        if begun and line[:1] in {b" ", b"\t"}:
            begun[-1][1].append(line[1:])
        else:
            begun.append((number, [line]))
    return ((number, _decoded(b"".join(pieces))) for number, pieces in begun)


def name_of(line: str) -> str:
    """The name of the property, in capitals; "" for a line that has none."""
    end = min(at for at in (line.find(":"), line.find(";"), len(line)) if at >= 0)
    return line[:end].strip().upper() if end < len(line) else ""


def timed_property(line: str) -> Property:
    """A property whose value holds times: no colon stands in it, but may in a zone's name without quotes."""
    head, _, value = line.rpartition(":")
    return Property(value.strip(), _parameters(head))


def text_property(line: str) -> Property:
    """Any other property."""
    found = _TEXT.match(line)
    head, value = (found[1], found[2]) if found else (line, "")
    return Property(value.strip(), _parameters(head))


def _parameters(head: str) -> dict[str, str]:
    return {found[1].upper(): found[2].strip().strip('"').strip() for found in _PARAMETER.finditer(head)}


def _decoded(line: bytes) -> str:
    """A line at a time: one title in another encoding spoils no other."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("windows-1252", errors="replace")

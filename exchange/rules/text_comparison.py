"""Two versions of a text side by side as one list of lines: kept, added, taken away."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

_KINDS = {"  ": "kept", "+ ": "added", "- ": "removed"}
_CONTEXT = 2  # unchanged lines shown around a change


@dataclass(frozen=True)
class Line:
    """One line; ``kind`` is "kept", "added", "removed", or "gap" for unchanged lines left out."""

    kind: str
    text: str


def compared(before: str, after: str) -> Sequence[Line]:
    """What changed from one text to the other, line by line, with a little of what is around."""
    found = [
        Line(_KINDS[line[:2]], line[2:])
        for line in difflib.ndiff(before.splitlines(), after.splitlines())
        if line[:2] in _KINDS
    ]
    near = {
        position + offset
        for position, line in enumerate(found)
        if line.kind != "kept"
        for offset in range(-_CONTEXT, _CONTEXT + 1)
    }
    shown: list[Line] = []
    for position, line in enumerate(found):
        if position in near:
            shown.append(line)
        elif not shown or shown[-1].kind != "gap":
            shown.append(Line("gap", ""))
    return shown

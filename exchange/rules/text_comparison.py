"""Two versions of a text side by side as one list of lines: kept, added, taken away.

Whole lines only; which words changed within one is for the reader to see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

_CONTEXT = 2  # unchanged lines shown around a change
# Pairs of a line before and a line after that are looked at: some 8,000 lines each, far more than people
# write in 60,000 characters. Memory is a bit for each pair, time a nanosecond for a few of them.
_PAIRS_MAX = 64_000_000


@dataclass(frozen=True)
class Line:
    """One line; ``kind`` is "kept", "added", "removed", or "gap" for unchanged lines left out."""

    kind: str
    text: str


def compared(before: str, after: str) -> Sequence[Line]:
    """What changed from one text to the other, line by line, with a little of what is around."""
    found = all_lines(before, after)
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


def all_lines(before: str, after: str) -> list[Line]:
    """Every line of both texts once: without those added they are the one, without those removed the other.

    As few lines as can be are added and removed. Where texts of very many lines differ in most of them,
    all between the first difference and the last counts as replaced.
    """
    old, new = before.split("\n"), after.split("\n")
    first = _same_at_start(old, new)
    last = _same_at_start(old[first:][::-1], new[first:][::-1])
    middle_old, middle_new = old[first : len(old) - last], new[first : len(new) - last]
    return [
        *(Line("kept", text) for text in old[:first]),
        *_changes(middle_old, middle_new),
        *(Line("kept", text) for text in old[len(old) - last :]),
    ]


def _same_at_start(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(old), len(new)))


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if len(old) * len(new) > _PAIRS_MAX:
        yield from (Line("removed", text) for text in old)
        yield from (Line("added", text) for text in new)
        return
    # Lines as numbers: the library compares by hash, and two unlike texts may share one.
    number_of: dict[str, int] = {}
    numbered = [[number_of.setdefault(text, len(number_of)) for text in texts] for texts in (old, new)]
    removed: list[Line] = []
    added: list[Line] = []
    for step in LCSseq.opcodes(*numbered):
        if step.tag != "equal":
            removed += (Line("removed", text) for text in old[step.src_start : step.src_end])
            added += (Line("added", text) for text in new[step.dest_start : step.dest_end])
            continue
        yield from (*removed, *added)
        removed, added = [], []
        yield from (Line("kept", text) for text in old[step.src_start : step.src_end])
    yield from (*removed, *added)

"""The placeholder language of letters: {title} stands for a value, {{ and }} for braces; nothing else.

No conditions, no loops, no code. What may vary is said by one rule: a paragraph is left out when one
of its placeholders has nothing to say. Not the values: exchange.mail has them.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from exchange.rules.sentences import Sentence

_TOKEN = re.compile(r"\{\{|\}\}|\{([A-Za-z0-9_]+)\}|[{}]")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True)
class Fault:
    """What cannot be right in a text; line and column count from 1."""

    line: int
    column: int
    sentence: Sentence


@dataclass(frozen=True)
class Piece:
    """A stretch of plain text, or a placeholder by its name."""

    text: str = ""
    name: str = ""


def faults_of(
    text: str, known: Collection[str], blocks: Collection[str] = (), kept_out: Collection[str] = ()
) -> list[Fault]:
    """Every unknown placeholder and stray brace of ``text``, in order.

    ``blocks`` are names that bring lines of their own: each stands on a line by itself. ``kept_out``
    are links, which a subject must not hold.
    """
    text = _normal(text)
    found = []
    for match in _TOKEN.finditer(text):
        name: str | None = match.group(1)
        if name in kept_out:
            found.append(_fault(text, match.start(), _KEPT_OUT, {"name": str(name)}))
        elif name is None and match.group() in "{}":
            found.append(_fault(text, match.start(), _STRAY, {}))
        elif name is not None and name not in {*known, *blocks}:
            found.append(_fault(text, match.start(), *_unknown(name, {*known, *blocks})))
        elif name is not None and name in blocks and not _stands_alone(text, match):
            found.append(_fault(text, match.start(), _ALONE, {"name": name}))
    return found


def needs_of(text: str, needed: Collection[str], unsure: Collection[str] = ()) -> list[Fault]:
    """A fault for each of ``needed`` that a reader might not get.

    It is missing, at the end of the text; or it shares its paragraph, which is left out when one of
    ``unsure``, the placeholders that may have nothing to say, has nothing.
    """
    text = _normal(text)
    paragraphs = [[piece.name for piece in pieces if piece.name] for pieces in paragraphs_of(text)]
    faults = []
    for name in sorted(needed):
        holding = [names for names in paragraphs if name in names]
        others = [sorted({*names} & {*unsure} - {name}) for names in holding]
        if not holding:
            faults.append(_fault(text, len(text), _NEEDED, {"name": name}))
        elif all(others):
            values = {"name": name, "other": others[0][0]}
            faults.append(_fault(text, text.index(f"{{{name}}}"), _SHARES, values))
    return faults


def pieces_of(text: str) -> Iterator[Piece]:
    """The text as stretches and placeholders; a stray brace stands for itself."""
    position = 0
    for match in _TOKEN.finditer(text):
        if match.start() > position:
            yield Piece(text=text[position : match.start()])
        name = match.group(1)
        yield Piece(name=name) if name else Piece(text=match.group()[0])
        position = match.end()
    if position < len(text):
        yield Piece(text=text[position:])


def paragraphs_of(text: str) -> list[list[Piece]]:
    """The text's paragraphs, which blank lines part, each as its pieces."""
    paragraphs = _PARAGRAPHS.split(_normal(text).strip())
    return [list(pieces_of(paragraph)) for paragraph in paragraphs if paragraph.strip()]


def spoken(paragraphs: list[list[Piece]], values: Mapping[str, str]) -> list[list[Piece]]:
    """The paragraphs that have something to say: each of their placeholders has a value."""
    return [pieces for pieces in paragraphs if all(values.get(piece.name) for piece in pieces if piece.name)]


def filled(pieces: list[Piece], values: Mapping[str, str]) -> str:
    """The pieces as text; a placeholder without a value is left empty."""
    return "".join(values.get(piece.name, "") if piece.name else piece.text for piece in pieces)


_STRAY = "A single brace stands for nothing. Write {{ or }} for a brace in the letter."
_ALONE = "{%(name)s} brings lines of its own: put it on a line by itself."

_KEPT_OUT = (
    "{%(name)s} stands in the text alone: a subject is shown in lists, and a link may be its reader's own."
)
_NEEDED = "This letter cannot do without {%(name)s}: write it here, or further up."
_SHARES = (
    "Give {%(name)s} a paragraph without {%(other)s}: "
    "when {%(other)s} has nothing to say, the whole paragraph is left out."
)


def _unknown(name: str, known: Collection[str]) -> tuple[str, dict[str, str]]:
    near = get_close_matches(name, sorted(known), 1, 0.5)
    if near:
        return (
            "There is no placeholder {%(name)s} in this letter. Did you mean {%(near)s}?",
            {"name": name, "near": near[0]},
        )
    return "There is no placeholder {%(name)s} in this letter.", {"name": name}


def _fault(text: str, at: int, template: str, values: Mapping[str, str]) -> Fault:
    line_start = text.rfind("\n", 0, at) + 1
    return Fault(text.count("\n", 0, at) + 1, at - line_start + 1, Sentence(template, dict(values)))


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()].rpartition("\n")[2]
    after = text[match.end() :].partition("\n")[0]
    return not before.strip() and not after.strip()


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")

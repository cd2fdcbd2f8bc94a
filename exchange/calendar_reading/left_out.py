"""What a reader leaves out of a calendar, why, and where it stands: nothing is dropped uncounted."""

from collections.abc import Iterable
from dataclasses import dataclass

from exchange.rules.sentences import Sentence

GROUPS_MAX = 10  # of a list of reasons; what is beyond is counted with the last
OTHERS = Sentence("Other reasons.")
LINES_MAX = 5  # named for each reason


@dataclass(frozen=True)
class LeftOut:
    """One entry, or one period or date of an entry, that does not count."""

    why: Sentence
    line: int


@dataclass(frozen=True)
class Reason:
    """One reason with what it befell: how many, and the first lines of the file on which they begin."""

    template: str
    count: int
    lines: tuple[int, ...]


class Unreadable(Exception):
    """An entry, or a part of one, that cannot be used; ``why`` is for the owner of the calendar."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why.template)
        self.why = why


def reasons(found: Iterable[LeftOut]) -> list[Reason]:
    """The same grouped by reason, the most frequent first; few, so that a page can hold them."""
    groups: dict[str, list[int]] = {}
    for one in found:
        groups.setdefault(one.why.template, []).append(one.line)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[1][0]))
    kept = [
        Reason(template, len(lines), tuple(sorted(lines)[:LINES_MAX]))
        for template, lines in ordered[:GROUPS_MAX]
    ]
    beyond = [line for _, lines in ordered[GROUPS_MAX:] for line in lines]
    if beyond:
        kept.append(Reason(OTHERS.template, len(beyond), tuple(sorted(beyond)[:LINES_MAX])))
    return kept

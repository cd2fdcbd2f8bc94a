"""A section of figures as a value: a title, a sentence, a table, pictures of it; and how it is stored.

Words are in the language they were made in. A figure is text as it is shown. Knows no rows and no pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from exchange.rules.markings.tlp_labels import Marking, rank

FORMAT = 1  # of what is stored; a later one is read by a reader of its own


@dataclass(frozen=True)
class Bar:
    """One bar: its name and its length, a whole number from 0."""

    name: str
    value: int


@dataclass(frozen=True)
class Chart:
    """Bars beside one another, with a line across them where there is something to hold them against.

    ``line`` is the length at which it stands, and what it is: (6.5, "6.5 implied").
    """

    title: str
    bars: tuple[Bar, ...]
    line: tuple[float, str] | None = None

    @property
    def in_words(self) -> str:
        """What the picture shows, for who does not see it."""
        shown = ", ".join(f"{bar.name} {bar.value}" for bar in self.bars)
        return f"{self.title}: {shown}." + (f" {self.line[1]}." if self.line else "")


@dataclass(frozen=True)
class Section:
    """One section. The first cell of each row is its head; ``numbers`` are the columns of figures.

    ``marking`` is that of the closest held thing it names, or whose figures it tells; who may read the
    section follows from it. ``note`` says what is counted.
    """

    key: str
    title: str
    sentence: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: frozenset[int] = frozenset()
    charts: tuple[Chart, ...] = ()
    note: str = ""
    marking: Marking = Marking.GREEN

    def __post_init__(self) -> None:
        """Raises ValueError for a table whose rows do not fit its columns: a fault of who made it."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"the rows of {self.key} do not fit its columns")


def is_within(section: Section, marking: Marking) -> bool:
    """Whether a document of a marking may hold the section."""
    return rank(section.marking) <= rank(marking)


def closest(markings: Sequence[str], *, at_least: Marking) -> Marking:
    """The closest held of some markings."""
    return max((at_least, *map(Marking, markings)), key=rank)


def stored(sections: Sequence[Section]) -> dict[str, Any]:  # JSON
    """Sections as JSON, whole."""
    return {"format": FORMAT, "sections": [_plain(one) for one in sections]}


def read_stored(found: Mapping[str, Any]) -> list[Section]:  # JSON
    """The sections as they were stored."""
    return [_section(one) for one in found["sections"]]


def _plain(section: Section) -> dict[str, Any]:
    return asdict(section) | {"numbers": sorted(section.numbers), "marking": section.marking.value}


def _section(found: Mapping[str, Any]) -> Section:
    return Section(
        key=found["key"],
        title=found["title"],
        sentence=found["sentence"],
        columns=tuple(found["columns"]),
        rows=tuple(tuple(row) for row in found["rows"]),
        numbers=frozenset(found["numbers"]),
        charts=tuple(_chart(one) for one in found["charts"]),
        note=found["note"],
        marking=Marking(found["marking"]),
    )


def _chart(found: Mapping[str, Any]) -> Chart:
    line = found["line"]
    return Chart(
        found["title"],
        tuple(Bar(**bar) for bar in found["bars"]),
        (float(line[0]), str(line[1])) if line else None,
    )

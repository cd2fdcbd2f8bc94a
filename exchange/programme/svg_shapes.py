"""What a picture is made of: boxes, lines, texts and paths with classes for their colour.

No colours and no elements: the style sheet has the first, the template the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

ELLIPSIS = "…"


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    css: str
    x: float
    y: float
    width: float
    height: float
    title: str = ""
    tag: str = "box"

    @property
    def place(self) -> Markup:
        """Where it stands, as attributes: numbers alone."""
        return Markup(f'x="{self.x}" y="{self.y}" width="{self.width}" height="{self.height}"')


@dataclass(frozen=True)
class Line:
    """A straight line."""

    css: str
    x1: float
    y1: float
    x2: float
    y2: float
    tag: str = "line"

    @property
    def place(self) -> Markup:
        """Where it stands, as attributes: numbers alone."""
        return Markup(f'x1="{self.x1}" y1="{self.y1}" x2="{self.x2}" y2="{self.y2}"')


@dataclass(frozen=True)
class Text:
    """One line of text on its baseline; the class says where it is anchored."""

    css: str
    x: float
    y: float
    text: str
    tag: str = "text"

    @property
    def place(self) -> Markup:
        """Where it stands, as attributes: numbers alone."""
        return Markup(f'x="{self.x}" y="{self.y}"')


@dataclass(frozen=True)
class Path:
    """A closed shape."""

    css: str
    d: str
    title: str = ""
    tag: str = "path"


Part = Box | Line | Text | Path


@dataclass(frozen=True)
class Item:
    """One thing of the programme, with the page it leads to and what it says when pointed at."""

    key: str
    href: str
    title: str
    css: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Picture:
    """A drawing: the ground, the programme on it, and what lies over both."""

    width: float
    height: float
    ground: tuple[Part, ...]
    items: tuple[Item, ...]
    front: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Scale:
    """Days to coordinates: ``first_on`` begins at ``origin`` and ``last_on`` is the last day drawn."""

    first_on: date
    last_on: date
    origin: float
    per_day: float

    def at(self, on: date) -> float:
        """Where a day begins, held within the picture."""
        days = (min(max(on, self.first_on), self.last_on + timedelta(days=1)) - self.first_on).days
        return rounded(self.origin + days * self.per_day)

    def middle(self, on: date) -> float:
        """The middle of a day."""
        return rounded(self.at(on) + self.per_day / 2)

    def extent(self, first_on: date, last_on: date) -> tuple[float, float]:
        """Where a span begins and how long it is; the length is 0 outside the picture."""
        begin = self.at(first_on)
        return begin, rounded(self.at(last_on + timedelta(days=1)) - begin)

    def shows(self, on: date) -> bool:
        """Whether the day is in the picture."""
        return self.first_on <= on <= self.last_on


def rounded(number: float) -> float:
    """A tenth of a unit is finer than any screen."""
    return round(number, 1)


def wrapped(text: str, width: int, lines: int) -> list[str]:
    """The text in at most ``lines`` lines of about ``width`` characters; a longer one ends in an ellipsis."""
    found: list[str] = []
    rest = text.split()
    while rest and len(found) < lines:
        line = [rest.pop(0)]
        while rest and len(" ".join([*line, rest[0]])) <= width:
            line.append(rest.pop(0))
        found.append(" ".join(line))
    if rest:
        found[-1] = f"{found[-1]}{ELLIPSIS}"
    return [line if len(line) <= width + 4 else f"{line[: width + 2]}{ELLIPSIS}" for line in found]


def abbreviation(name: str) -> str:
    """Two letters for a stage: "Launch" -> "La", "Publish and close" -> "Pc", "" -> ""."""
    words = name.split()
    if len(words) < 2:
        return name[:2].capitalize()
    return words[0][0].upper() + words[-1][0].lower()


def mondays(first_on: date, last_on: date) -> Sequence[date]:
    """Every Monday of a span: where the ISO weeks begin."""
    first = first_on + timedelta(days=-first_on.weekday() % 7)
    return [first + timedelta(weeks=n) for n in range((last_on - first).days // 7 + 1)]


def diamond(x: float, y: float, reach: float) -> str:
    """A square on its corner."""
    left, right = rounded(x - reach), rounded(x + reach)
    return f"M{x} {rounded(y - reach)}L{right} {y}L{x} {rounded(y + reach)}L{left} {y}Z"


def square(x: float, y: float, reach: float) -> str:
    """An upright square."""
    return f"M{rounded(x - reach)} {rounded(y - reach)}h{2 * reach}v{2 * reach}h{-2 * reach}Z"


def circle(x: float, y: float, reach: float) -> str:
    """A circle."""
    arc = f"a{reach} {reach} 0 1 0"
    return f"M{rounded(x - reach)} {y}{arc} {2 * reach} 0{arc} {-2 * reach} 0Z"


def triangle(x: float, y: float, reach: float) -> str:
    """A triangle on its base."""
    return (
        f"M{x} {rounded(y - reach)}L{rounded(x + reach)} {rounded(y + reach * 0.8)}"
        f"L{rounded(x - reach)} {rounded(y + reach * 0.8)}Z"
    )

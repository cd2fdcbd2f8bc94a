"""Points by city as bars, for wide and for narrow windows. Pure; the table beneath has the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.programme.svg_shapes import Box, Item, Line, Part, Picture, Text, rounded

ROW = 30
BAR = 16
TOP = 26
NUMBER_WIDTH = 46
CHARACTER = 6.8  # width of one in 13 px type


@dataclass(frozen=True)
class Segment:
    """A piece of a bar: the class of its colour, its points, and what it is."""

    css: str
    points: int
    title: str


@dataclass(frozen=True)
class Bar:
    """One city's bar; ``is_own`` for the reader's own city."""

    label: str
    segments: tuple[Segment, ...]
    is_own: bool = False

    @property
    def total(self) -> int:
        """The length of the bar in points."""
        return sum(segment.points for segment in self.segments)


@dataclass(frozen=True)
class Mark:
    """A line across all bars: a mean or a bound."""

    css: str
    points: float
    text: str


def bar_chart(bars: Sequence[Bar], marks: Sequence[Mark], width: int) -> Picture:
    """The bars under one another, names on the left, numbers at their ends, marks across them."""
    gutter = min(width * 0.42, 16 + CHARACTER * max((len(bar.label) for bar in bars), default=0))
    most = max([1.0, *(float(bar.total) for bar in bars), *(mark.points for mark in marks)])
    per_point = (width - gutter - NUMBER_WIDTH) / most
    bottom = TOP + ROW * len(bars) + 4
    ground: list[Part] = [Line("chart-axis", rounded(gutter), TOP - 4, rounded(gutter), bottom)]
    front: list[Part] = [
        part for mark in marks for part in _mark(mark, gutter + mark.points * per_point, bottom, width)
    ]
    for n, bar in enumerate(bars):
        ground += _row(bar, TOP + ROW * n, gutter, per_point)
        front.append(_number(bar, TOP + ROW * n, gutter + bar.total * per_point))  # no mark runs through it
    no_items: tuple[Item, ...] = ()
    return Picture(width, bottom + 2, tuple(ground), no_items, tuple(front))


def _row(bar: Bar, y: float, gutter: float, per_point: float) -> list[Part]:
    css = "chart-name chart-own" if bar.is_own else "chart-name"
    fitting = int((gutter - 12) / CHARACTER)
    label = bar.label if len(bar.label) <= fitting else f"{bar.label[: fitting - 1]}…"
    parts: list[Part] = [Text(css, rounded(gutter - 8), y + 13, label)]
    x = gutter
    for segment in bar.segments:
        if segment.points:
            length = segment.points * per_point
            parts.append(Box(segment.css, rounded(x), y, rounded(length), BAR, segment.title))
            x += length
    return parts


def _number(bar: Bar, y: float, x: float) -> Text:
    return Text("chart-number", rounded(x + 6), y + 13, f"{bar.total}")


def _mark(mark: Mark, x: float, bottom: float, width: int) -> list[Part]:
    css = "chart-mark-word tl-end" if x > width * 0.6 else "chart-mark-word tl-start"
    text_x = x - 4 if x > width * 0.6 else x + 4
    return [
        Line(mark.css, rounded(x), 6, rounded(x), bottom),
        Text(css, rounded(text_x), 15, mark.text),
    ]

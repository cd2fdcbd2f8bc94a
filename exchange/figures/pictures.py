"""Charts as pictures: bars under one another, drawn by the shapes of other pictures, with their words."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.figures.section import Chart
from exchange.planning.presentation import bar_charts
from exchange.planning.presentation.bar_charts import Mark, Segment, bar_chart
from exchange.programme.svg_shapes import Picture

WIDTH = 720
NARROW = 330  # of a telephone


@dataclass(frozen=True)
class Drawn:
    """A chart as it is drawn for wide and for narrow windows, and what it says."""

    title: str
    words: str
    wide: Picture
    narrow: Picture


def drawn(charts: Sequence[Chart]) -> list[Drawn]:
    """The pictures of a section."""
    return [Drawn(one.title, one.in_words, _picture(one, WIDTH), _picture(one, NARROW)) for one in charts]


def _picture(chart: Chart, width: int) -> Picture:
    bars = [
        bar_charts.Bar(bar.name, (Segment("chart-planned", bar.value, f"{bar.value}"),)) for bar in chart.bars
    ]
    marks = [Mark("chart-mean", *chart.line)] if chart.line else []
    return bar_chart(bars, marks, width)

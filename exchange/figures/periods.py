"""The parts of a span that pictures count by: the quarters of a year, the months of a quarter."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date

from exchange.figures.span import QUARTERS, Span


@dataclass(frozen=True)
class Period:
    """One of them, with its name in the reader's language; both days included."""

    name: str
    first: date
    last: date

    def has(self, on: date) -> bool:
        """Whether a day is one of its days."""
        return self.first <= on <= self.last


def periods_of(span: Span) -> list[Period]:
    """By date."""
    if span.quarter is None:
        quarters = [Span(span.year, number) for number in QUARTERS]
        return [Period(one.name, one.first, one.last) for one in quarters]
    ends = [*(first - timedelta(days=1) for first in span.months[1:]), span.last]
    return [
        Period(format_date(first, "MMMM y"), first, last)
        for first, last in zip(span.months, ends, strict=True)
    ]

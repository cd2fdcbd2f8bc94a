"""Bars of many cities as a picture that stays readable: the largest first, none that is nothing."""

from collections.abc import Iterable

from flask_babel import gettext as _

from exchange.figures.section import Bar, Chart

MOST = 12  # bars of a picture: a third of a page of paper; the table beneath has all


def largest(title: str, bars: Iterable[Bar], line: tuple[float, str] | None = None) -> tuple[Chart, ...]:
    """One picture of the largest, which says so where there are more; none where all are 0."""
    found = sorted((bar for bar in bars if bar.value), key=lambda bar: (-bar.value, bar.name))
    if len(found) > MOST:
        title = _("%(title)s: the %(most)s largest of %(all)s", title=title, most=MOST, all=len(found))
    return (Chart(title, tuple(found[:MOST]), line),) if found else ()

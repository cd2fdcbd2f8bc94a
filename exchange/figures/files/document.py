"""What every file of figures holds: a title, when and for whom, prose where a report has some, sections."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from exchange.figures.section import Bar, Chart, Section
from exchange.markdown import Block
from exchange.rules.markings.tlp_labels import Marking

# What XML cannot hold, and no font has a sign for.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Document:
    """One document in one language; ``as_of`` says when its figures were made, ``network`` whose they are.

    ``prose`` stands before the sections, its headings beginning at 1 and skipping none.
    """

    name: str  # of the file, without its ending
    title: str
    language: str
    network: str
    as_of: str
    marking: Marking
    sections: Sequence[Section]
    prose: Sequence[Block] = ()


def printable(document: Document) -> Document:
    """The same without signs that files of XML cannot hold."""
    return replace(
        document,
        title=_clean(document.title),
        network=_clean(document.network),
        sections=[_section(one) for one in document.sections],
        prose=[replace(one, text=_clean(one.text)) for one in document.prose],
    )


def _section(one: Section) -> Section:
    return replace(
        one,
        title=_clean(one.title),
        sentence=_clean(one.sentence),
        note=_clean(one.note),
        columns=tuple(map(_clean, one.columns)),
        rows=tuple(tuple(map(_clean, row)) for row in one.rows),
        charts=tuple(_chart(chart) for chart in one.charts),
    )


def _chart(one: Chart) -> Chart:
    return Chart(_clean(one.title), tuple(Bar(_clean(bar.name), bar.value) for bar in one.bars), one.line)


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text)

"""The sections of the year in figures, in their order: each a function of facts in a file of its own.

A new one is a file here and a line in SECTIONS. They count and decide nothing.
"""

from collections.abc import Callable

from exchange.figures.facts import Facts
from exchange.figures.section import Section
from exchange.figures.sections.actions import actions
from exchange.figures.sections.events import events
from exchange.figures.sections.exchanges import exchanges
from exchange.figures.sections.fairness import fairness
from exchange.figures.sections.findings import findings
from exchange.figures.sections.held import held
from exchange.figures.sections.mode import mode
from exchange.figures.sections.needs import needs
from exchange.figures.sections.presence import presence
from exchange.figures.sections.publications import publications

SECTIONS: tuple[Callable[[Facts], Section], ...] = (
    exchanges,
    events,
    held,
    presence,
    mode,
    fairness,
    publications,
    needs,
    findings,
    actions,
)

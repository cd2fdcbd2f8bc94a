"""The sections of the year in figures, in their order: each a function of facts in a file of its own.

A new one is a file here and a line in SECTIONS; it gives None where not all readers of the document may have
it. They count and decide nothing.
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
from exchange.figures.sections.money import money
from exchange.figures.sections.needs import needs
from exchange.figures.sections.presence import presence
from exchange.figures.sections.projects import projects
from exchange.figures.sections.publications import publications
from exchange.figures.sections.requests import requests
from exchange.figures.sections.rotation import rotation
from exchange.figures.sections.travel import travel

SECTIONS: tuple[Callable[[Facts], Section | None], ...] = (
    exchanges,
    events,
    held,
    presence,
    mode,
    travel,
    fairness,
    publications,
    needs,
    findings,
    actions,
    requests,
    projects,
    money,
    rotation,
)

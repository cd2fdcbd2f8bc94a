"""A document of figures: sections, days and when it was made; the same for page, files and reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.figures.facts import Facts
from exchange.figures.section import Section, closest, is_within
from exchange.figures.sections import SECTIONS
from exchange.figures.span import Span
from exchange.rules.markings.tlp_labels import Marking


@dataclass(frozen=True)
class Pack:
    """The sections of a span as they were at ``made_at``, by one marking: the closest held of theirs."""

    span: Span
    made_at: datetime
    sections: Sequence[Section]

    @property
    def marking(self) -> Marking:
        """What stands on it."""
        return closest([one.marking for one in self.sections], at_least=Marking.CLEAR)


def pack_of(facts: Facts) -> Pack:
    """All sections that the marking of the document lets it hold. A fixed number of statements."""
    made = [section(facts) for section in SECTIONS]
    return Pack(facts.span, facts.now, [one for one in made if one and is_within(one, facts.marking)])

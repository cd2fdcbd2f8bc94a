"""Sentences that a rule says to a person, kept apart from their values.

Not a translation: pages translate ``template`` and format ``values``; ``render`` is the English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Value = str | int | date


def day_text(on: date) -> str:
    """A date in English as letters and findings say it: "Thu 4 Nov 2027"."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def render(template: str, values: Mapping[str, Value]) -> str:
    """The English sentence: ``%(name)s`` places filled, dates as ``day_text``."""
    shown = {name: day_text(v) if isinstance(v, date) else v for name, v in values.items()}
    return template % shown


@dataclass(frozen=True)
class Sentence:
    """A template with ``%(name)s`` places and what fills them (dates stay dates)."""

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in English."""
        return render(self.template, self.values)

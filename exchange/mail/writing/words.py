"""Words, dates and clocks of letters in their reader's language. Pages have
exchange.web.presentation.date_formats.

The formats are the same functions; here no request is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol

from babel.support import NullTranslations

from exchange.languages import catalogue
from exchange.rules.sentences import Value
from exchange.web.presentation import date_formats


class Said(Protocol):
    """A rule's sentence: a finding or a reason."""

    @property
    def template(self) -> str:
        """English with named places."""

    @property
    def values(self) -> Mapping[str, Value]:
        """What fills the places."""


@dataclass(frozen=True)
class Wording:
    """One language: its translations and its way to write days."""

    language: str
    translations: NullTranslations

    def sentence(self, said: Said) -> str:
        """A rule's sentence, its dates written as days."""
        values = {k: self.day(v) if isinstance(v, date) else v for k, v in said.values.items()}
        template = str(self.translations.gettext(said.template))
        return template % values if values else template

    def long_day(self, on: date) -> str:
        """Thursday 11 February 2027."""
        return date_formats.long_day(on, self.language)

    def day(self, on: date) -> str:
        """Thu 11 Feb 2027."""
        return date_formats.day(on, self.language)

    def short_day(self, on: date) -> str:
        """Thu 11 Feb."""
        return date_formats.short_day(on, self.language)

    def countdown(self, days: int) -> str:
        """How far off a day is, counted from the day the letter leaves: "Today", "Tomorrow", "In 4 days".

        "Overdue" for one that has passed.
        """
        if days < 0:
            return str(self.translations.gettext("Overdue"))
        if days == 0:
            return str(self.translations.gettext("Today"))
        if days == 1:
            return str(self.translations.gettext("Tomorrow"))
        return str(self.translations.ngettext("In %(num)d day", "In %(num)d days", days)) % {"num": days}


@cache
def wording(language: str) -> Wording:
    """The wording of a language; English where nothing is translated."""
    return Wording(language, catalogue(language))

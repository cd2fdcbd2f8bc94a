"""The words that stand in feeds, in the language of who reads them, whatever the process's locale.

It decides nothing about what may be said; redaction.py does. What people wrote is not translated.
"""

from dataclasses import dataclass
from functools import cache

from babel.support import NullTranslations

from exchange.languages import catalogue
from exchange.models import Publication, TrainingKind

_KINDS = {  # where the word for people is another one than the row's
    TrainingKind.FUNCTIONAL: "Functional exercise",
    TrainingKind.FULL_SCALE: "Full-scale exercise",
}


@dataclass(frozen=True)
class Words:
    """One language."""

    translations: NullTranslations

    def gettext(self, text: str, **values: object) -> str:
        """An English text in this language, its ``%(name)s`` places filled."""
        template = str(self.translations.gettext(text)) if text else ""
        return template % values if values else template

    def called_off(self, publication: Publication) -> str:
        """ "Cancelled" or "Postponed"; "" for what takes place."""
        if publication is Publication.CANCELLED:
            return self.gettext("Cancelled")
        return self.gettext("Postponed") if publication is Publication.POSTPONED else ""

    def meeting(self, key: str, number: int, count: int) -> str:
        """A meeting of the stage plan, its sittings numbered where there are several."""
        known = {"session": self.gettext("live session"), "scoping_call": self.gettext("scoping call")}
        name = known.get(key, key.replace("_", " "))
        if count < 2:
            return name
        return self.gettext(
            "%(meeting)s, sitting %(number)s of %(count)s", meeting=name, number=number, count=count
        )

    def due(self, stage_key: str) -> str:
        """What is due at the end of a stage of the stage plan; "" for a stage without a deadline."""
        known = {
            "gather_closes": self.gettext("input is due"),
            "draft": self.gettext("draft is due"),
            "review": self.gettext("review comments are due"),
        }
        return known.get(stage_key, "")

    def kind(self, kind: str) -> str:
        """A training event's kind: "Table-top"."""
        known = TrainingKind(kind)
        return self.gettext(_KINDS.get(known, known.value.capitalize()))


@cache
def words_of(language: str) -> Words:
    """The words of a language; English for one without a catalogue."""
    return Words(catalogue(language))

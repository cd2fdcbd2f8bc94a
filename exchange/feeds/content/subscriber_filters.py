"""Filters in a feed's address: which kinds and themes a subscriber wants. Pure.

What the marking keeps back passes every filter: a filter must neither tell what an entry is nor
hide a time that is the reader's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from exchange.errors import NotFound
from exchange.feeds.content.entries import EntryKind

THEMES_MAX = 50  # themes in one address: more than the catalogue holds; an address is no place for a book


@dataclass(frozen=True)
class Filter:
    """What is let through; an empty set lets everything through."""

    kinds: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()

    def passes(self, kind: str, theme: str) -> bool:
        """Whether an entry is let through: its ``shown_kind``, its theme's key or ""."""
        if not kind:
            return True
        is_theme = not self.themes or theme.upper() in self.themes
        return is_theme and (not self.kinds or kind in self.kinds)


EVERYTHING = Filter()


def read_filter(kinds: Iterable[str], themes: Iterable[str]) -> Filter:
    """The filter of an address: each value one or several words with commas between, in any case.

    A theme nobody knows lets nothing of any theme through. Raises NotFound for a kind that is none, so
    that a mistyped address says so and does not show an empty calendar.
    """
    of_kinds, of_themes = _words(kinds), _words(themes)
    wanted = frozenset(word.lower() for word in of_kinds)
    unknown = wanted - set(EntryKind)
    if unknown or len(of_themes) > THEMES_MAX:
        raise NotFound(
            "This calendar can be asked for these kinds: %(kinds)s; and for themes by their keys, like T08.",
            kinds=", ".join(EntryKind),
        )
    return Filter(wanted, frozenset(word.upper() for word in of_themes))


def _words(values: Iterable[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]

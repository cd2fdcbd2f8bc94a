"""Choices that several forms offer."""

from collections.abc import Iterable

from babel import Locale

from exchange.languages import FEED_LANGUAGES, LANGUAGES


def language_choices() -> list[tuple[str, str]]:
    """The languages of pages and letters, each named in itself."""
    return _named(LANGUAGES)


def feed_language_choices() -> list[tuple[str, str]]:
    """The languages of calendars, each named in itself."""
    return _named(FEED_LANGUAGES)


def _named(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, Locale.parse(code, sep="-").get_display_name(code) or code) for code in codes]

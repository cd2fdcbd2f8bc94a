"""Choices that several forms offer."""

from babel import Locale

from exchange.languages import LANGUAGES


def language_choices() -> list[tuple[str, str]]:
    """The languages of the product, each named in itself."""
    return [(code, Locale.parse(code, sep="-").get_display_name(code) or code) for code in LANGUAGES]

"""The languages the product can speak to people in, and their catalogues in exchange/translations."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGES = ("en",)  # BCP 47; the first is what somebody gets whose own is not among them
FEED_LANGUAGES = ("en", "sv")  # calendars hold few words, so they speak more languages than pages do


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of a language; English, which is the source, where there are none.

    Read from the .po file itself: nothing has to be compiled before the product speaks.
    """
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if language not in {*LANGUAGES, *FEED_LANGUAGES} or not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)

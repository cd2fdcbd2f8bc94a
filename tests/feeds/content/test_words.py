"""The words of feeds: each is there in every language that feeds speak, places and all."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from exchange.feeds.content.words import words_of
from exchange.languages import FEED_LANGUAGES, LANGUAGES, catalogue
from exchange.models import Publication, TrainingKind
from exchange.settings import CONFIG, ROOT

# The modules of feeds that put words into them.
WRITERS = (
    "content/words",
    "content/redaction",
    "content/descriptions",
    "content/preparation_entries",
    "icalendar/calendar_properties",
)
OTHERS = [language for language in FEED_LANGUAGES if language != "en"]


def _texts(path: Path) -> set[str]:
    found = extract_from_file("python", path, keywords={"gettext": None})
    return {text for _line, text, _comments, _context in found if isinstance(text, str)}


def _words_of_feeds() -> set[str]:
    in_code = set().union(*(_texts(ROOT / "exchange" / "feeds" / f"{name}.py") for name in WRITERS))
    plan = tomllib.loads((CONFIG / "cycle.toml").read_text())
    kinds = {words_of("en").kind(kind) for kind in TrainingKind}
    profiles = tomllib.loads((CONFIG / "training.toml").read_text())["profiles"]
    milestones = {one["name"] for profile in profiles for one in profile.get("milestones", ())}
    return in_code | {stage["name"] for stage in plan["stages"]} | kinds | milestones


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_of_feeds_is_translated_with_its_places(language: str) -> None:
    words = _words_of_feeds()
    assert len(words) > 40
    for text in words:
        translated = catalogue(language).gettext(text)
        assert translated != text or text == "Workshop", text  # the same word in Swedish
        assert sorted(re.findall(r"%\(\w+\)s", translated)) == sorted(re.findall(r"%\(\w+\)s", text))


def test_language_without_a_catalogue_is_english() -> None:
    for language in ("en", "xx", "../../etc", ""):
        assert words_of(language).called_off(Publication.CANCELLED) == "Cancelled"


def test_pages_speak_no_language_in_part() -> None:
    """A catalogue for feeds alone must not turn pages and letters into a mixture."""
    assert set(LANGUAGES) <= set(FEED_LANGUAGES)
    assert "sv" not in LANGUAGES

"""The Chatham House Rule on paper: a text without the names of who spoke and of where they belong.

It withholds what it knows: names, addresses, links. What is said may still tell who said it.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

NAME_PART_MIN = 3  # letters: "Li" alone is a word of too many languages
PLACE_PART_MIN = 5  # letters: "New" of New York stands in every second sentence

# Each run of letters is tried once, from its start: a scheme has few letters, an address begins a word.
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,30}://|www\.)[^\s<>()\[\]]+|mailto:[^\s<>()\[\]]+"
    r"|(?<![^\s@<>()\[\]])[^\s@<>()\[\]]+@[^\s@<>()\[\]]+",
    re.IGNORECASE,
)
_BETWEEN_WORDS = r"[\W_]+"
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![^\W_])", r"(?![^\W_])"


@dataclass(frozen=True)
class Spoken:
    """Who spoke, and where they belong: cities, and groups. ``topics`` are what was spoken about.

    A group that is called as the topic keeps its name in texts, which are about little else.
    """

    people: Collection[str]
    places: Collection[str]
    groups: Collection[str] = ()
    topics: Collection[str] = ()


def unattributed(spoken: Spoken, *, withheld: str) -> Callable[[str], str]:
    """A function that puts ``withheld`` in the place of everything that names somebody who spoke.

    Names are found whole in any case, with or without accents, and by their parts as names are
    written; cities also inside longer words ("Londoners"); links and addresses always go.
    """
    # Whole names first, the longest before those it begins with.
    patterns = [*_longest_first(_full_names(spoken)), *_longest_first(_parts(spoken))]
    names = re.compile("|".join(patterns)) if patterns else None

    def clean(text: str) -> str:
        text = _ADDRESS.sub(withheld, _plain(text))
        return names.sub(withheld, text) if names else text

    return clean


def _longest_first(patterns: Iterator[str]) -> list[str]:
    return sorted(set(patterns), key=lambda pattern: (-len(pattern), pattern))


def _plain(text: str) -> str:
    """The text without what could hide a name from a search: entities, characters that nobody sees."""
    while (plain := html.unescape(text)) != text:  # whoever shows the text reads entities once more
        text = plain
    text = unicodedata.normalize("NFC", text)
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _full_names(spoken: Spoken) -> Iterator[str]:
    topics = [topic.casefold() for topic in spoken.topics]
    groups = [name for name in spoken.groups if not any(_is_same(name.casefold(), t) for t in topics)]
    for name in [*spoken.people, *spoken.places, *groups]:
        words = [_loose(word) for word in _words(name)]
        if words:
            yield f"{_NO_LETTER_BEFORE}(?i:{_BETWEEN_WORDS.join(words)})\\w*"


def _is_same(name: str, topic: str) -> bool:
    return name in topic or topic in name


def _parts(spoken: Spoken) -> Iterator[str]:
    """Names by one of their words, as names are written: with a capital, or in capitals."""
    for name in spoken.people:
        for word in _words(name):
            if len(word) >= NAME_PART_MIN:
                yield f"{_NO_LETTER_BEFORE}(?:{_written(word)})s?{_NO_LETTER_AFTER}"
    for name in spoken.places:
        for word in _words(name):
            if len(word) >= PLACE_PART_MIN:
                yield f"{_NO_LETTER_BEFORE}(?:{_written(word)})\\w*"


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name))


def _written(word: str) -> str:
    return f"{_loose(word[:1].upper() + word[1:])}|{_loose(word.upper())}"


def _loose(word: str) -> str:
    """The word with each accent there or not."""
    return "".join(_letter(letter) for letter in word)


def _letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return re.escape(letter) if base == letter else f"[{re.escape(letter)}{re.escape(base)}]"

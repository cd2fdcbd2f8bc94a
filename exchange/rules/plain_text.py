"""Which characters text may hold, asked alike by forms, imports and files: one line, or several.

It changes nothing; who finds a character that may not be there refuses the text.
"""

import unicodedata

_REFUSED = {"Cc", "Cs", "Zl", "Zp"}  # controls (C0, DEL, C1), lone surrogates, and marks read as line breaks
# What turns the direction of the letters around it: a title could read otherwise than it is spelled.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LAYOUT = frozenset("\r\n\t")


def is_one_line(text: str) -> bool:
    """Whether the text is a line: no line breaks, no control characters, nothing that turns it around."""
    return not any(is_control(character) or character in _TURNS for character in text)


def is_some_text(text: str) -> bool:
    """Whether the text holds no control characters but line breaks and tabs."""
    return not any(is_control(character) for character in text if character not in _LAYOUT)


def is_control(character: str) -> bool:
    """Whether a character is a control character, or a separator that some readers take for a line break."""
    return unicodedata.category(character) in _REFUSED

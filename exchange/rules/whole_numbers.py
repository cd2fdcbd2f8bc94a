"""Whole numbers in texts that people and other programs write. No sign, no blanks, no digits but 0 to 9."""

MOST_DIGITS = 9  # no number of ours has more, and Python refuses those of thousands


def whole_number(text: str) -> int | None:
    """The number that the text is; None for any other text, and for one of more than nine digits."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        return None
    return int(text)

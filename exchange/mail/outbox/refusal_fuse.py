"""A fuse: when a mail server refuses most of a run alike, that is about us, and says nothing of the readers.

It keeps what a run was refused until it is known which of the two it was. No database, no sending.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from exchange.mail.wire.claimed_letter import ClaimedLetter
from exchange.mail.wire.refusal_words import enhanced_code

ALIKE_LEAST = 5  # fewer may be a few people who left one office together
REST = timedelta(minutes=15)  # after which a run tries again
_OF_ONE_LETTER = re.compile(r"\S+@\S+|\S*\d\S*")  # addresses, numbers of a queue, times


@dataclass(frozen=True)
class Refusal:
    """One letter that the server refused for good, with its words; whether they were about the address."""

    letter: ClaimedLetter
    words: str
    is_about_address: bool


@dataclass
class Fuse:
    """Of one run: how many letters were tried, and what was refused and is not written down yet."""

    tried: int = 0
    held: list[Refusal] = field(default_factory=list)

    def hold(self, refusal: Refusal) -> None:
        """Keep a refusal back."""
        self.tried += 1
        self.held.append(refusal)

    @property
    def is_blown(self) -> bool:
        """Whether more than half of the run, and not only a few, were refused in the same words."""
        alike = Counter(_kind(one.words) for one in self.held if not _is_of_letter(one.words))
        most = max(alike.values(), default=0)
        return most >= ALIKE_LEAST and 2 * most > self.tried

    def settled(self) -> list[Refusal]:
        """What is to be written down now; nothing is held after that."""
        held, self.held = self.held, []
        return held


def _is_of_letter(words: str) -> bool:
    """Whether the server objects to what one letter is made of (RFC 3463 3.7), which another may not be."""
    return enhanced_code(words).startswith("5.6.")


def _kind(words: str) -> str:
    """The answer's code and its words, without what differs from letter to letter."""
    code, _, rest = words.partition(" ")
    return " ".join([code, *_OF_ONE_LETTER.sub(" ", rest).lower().split()])

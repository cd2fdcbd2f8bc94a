"""A fuse: when a mail server refuses most of a run alike, that is about us, and says nothing of the readers.

What one domain alone refuses is about its own readers, or a matter of that domain: letters to others tell.
It keeps what a run was refused until it is known which of them it was. No database, no sending.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from exchange.mail.wire.claimed_letter import ClaimedLetter
from exchange.mail.wire.refusal_words import enhanced_code

ALIKE_LEAST = 5  # fewer may be a few people who left one office together
DOMAINS_LEAST = 3  # refused alike without one that took a letter, they need no more to be sure
EVERYBODY = ""  # in place of a domain: whoever letters go to
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
    """Of one run: how many letters were tried, by domain, and what was refused and not written down yet."""

    tried: Counter[str] = field(default_factory=Counter)
    held: list[tuple[Refusal, str]] = field(default_factory=list)

    def took(self, domain: str) -> None:
        """Count a letter that the server took."""
        self.tried[domain] += 1

    def hold(self, refusal: Refusal, domain: str) -> None:
        """Keep a refusal back."""
        self.tried[domain] += 1
        self.held.append((refusal, domain))

    @property
    def blown_for(self) -> frozenset[str]:
        """The domains to which letters were refused in the same words, when the fuse has blown; else none.

        It blows when that were more than half of the letters, and not only a few, to more than half of the
        domains: where others had their letters, what one refuses is about its own readers.
        """
        alike: dict[str, list[str]] = {}
        for refusal, domain in self.held:
            if not _is_of_letter(refusal.words):
                alike.setdefault(_kind(refusal.words), []).append(domain)
        most = max(alike.values(), key=len, default=[])
        refused = frozenset(most)
        is_most = 2 * len(most) > self.tried.total() and 2 * len(refused) > len(self.tried)
        return refused if len(most) >= ALIKE_LEAST and is_most else frozenset()

    @property
    def is_unsure(self) -> bool:
        """Whether it blows for so few domains that letters to others, if there are any, should tell."""
        return len(self.blown_for) < DOMAINS_LEAST

    def settled(self) -> list[Refusal]:
        """What is to be written down now; nothing is held after that."""
        held, self.held = self.held, []
        return [refusal for refusal, _ in held]


def domain_of(letter: ClaimedLetter, all_to: str | None) -> str:
    """The domain that the letter goes to; EVERYBODY where all letters go to one address instead."""
    return EVERYBODY if all_to else letter.to_address.rpartition("@")[2].lower()


def _is_of_letter(words: str) -> bool:
    """Whether the server objects to what one letter is made of (RFC 3463 3.7), which another may not be."""
    return enhanced_code(words).startswith("5.6.")


def _kind(words: str) -> str:
    """The answer's code and its words, without what differs from letter to letter."""
    code, _, rest = words.partition(" ")
    return " ".join([code, *_OF_ONE_LETTER.sub(" ", rest).lower().split()])

"""Information markings: the five labels of the Traffic Light Protocol 2.0, in order of secrecy.

Not who may see what: that is rules/access/rings.py.
"""

import re
from enum import StrEnum

from exchange.errors import InvalidInput
from exchange.rules.markings.state_secrets import refuse_state_secrets


class Marking(StrEnum):
    """A TLP 2.0 label; the value is what stands in a subject line or a calendar summary."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"


_ORDER = tuple(Marking)
_BY_WORD = {marking.value.removeprefix("TLP:"): marking for marking in _ORDER} | {
    "WHITE": Marking.CLEAR,  # the 1.0 name: read, never written
    "AMBER STRICT": Marking.AMBER_STRICT,
    "AMBER-STRICT": Marking.AMBER_STRICT,
    "AMBER_STRICT": Marking.AMBER_STRICT,  # the name of our own enum, as rows and forms may hold it
}


def parse_marking(text: str) -> Marking:
    """The marking that a person or a file wrote, in any case, with or without "TLP:".

    WHITE (TLP 1.0) is read as CLEAR. Raises InvalidInput, field "marking", when the text is
    empty, unknown, or a state secret, which this product must not hold.
    """
    word = re.sub(r"\s+", " ", text.strip().upper()).removeprefix("TLP:").strip()
    if not word:
        raise InvalidInput("Choose a marking: %(markings)s.", field="marking", markings=_choices())
    refuse_state_secrets(word, field="marking")
    if word not in _BY_WORD:
        raise InvalidInput(
            "%(marking)s is not a marking. Choose one of %(markings)s.",
            field="marking",
            marking=text.strip()[:40],
            markings=_choices(),
        )
    return _BY_WORD[word]


def rank(marking: Marking) -> int:
    """How closely a marking is held: 0 for CLEAR up to 4 for RED. Compare ranks, never labels."""
    return _ORDER.index(marking)


def is_lowered(before: str, after: str) -> bool:
    """Whether ``after`` lets more people read than ``before``; "" stands for no marking chosen yet."""
    return bool(before and after) and rank(Marking(after)) < rank(Marking(before))


def _choices() -> str:
    return ", ".join(_ORDER)

"""Information markings: the five labels of the Traffic Light Protocol 2.0, in order of secrecy.

Not who may see what: that is rings.py.
"""

import re
from enum import StrEnum

from exchange.errors import InvalidInput


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
_STATE_SECRETS = frozenset({"SECRET", "TOP SECRET"})
_SECRET_LINE = re.compile(r"[\W_]*(?:UK\s+)?((?:TOP\s+)?SECRET)[\W_]*(?://.*)?")


def parse_marking(text: str) -> Marking:
    """The marking that a person or a file wrote, in any case, with or without "TLP:".

    WHITE (TLP 1.0) is read as CLEAR. Raises InvalidInput, field "marking", when the text is
    empty, unknown, or a state secret, which this product must not hold.
    """
    word = re.sub(r"\s+", " ", text.strip().upper()).removeprefix("TLP:").strip()
    if not word:
        raise InvalidInput("Choose a marking: %(markings)s.", field="marking", markings=_choices())
    if word.replace("UK ", "") in _STATE_SECRETS:
        raise InvalidInput(
            "Information marked %(marking)s must not be put into Exchange."
            " Keep it on the system made for it.",
            field="marking",
            marking=word,
        )
    if word not in _BY_WORD:
        raise InvalidInput(
            "%(marking)s is not a marking. Choose one of %(markings)s.",
            field="marking",
            marking=text.strip()[:40],
            markings=_choices(),
        )
    return _BY_WORD[word]


def refuse_state_secrets(text: str, field: str | None = None) -> None:
    """Raise InvalidInput when a line of the text is the marking of a state secret and nothing else.

    Documents carry it alone in a line at the head or the foot of a page, or before a stroke of
    further instructions ("TOP SECRET // ...").
    """
    for line in text.splitlines():
        found = _SECRET_LINE.fullmatch(line)
        if found:
            raise InvalidInput(
                "Information marked %(marking)s must not be put into Exchange."
                " Keep it on the system made for it.",
                field=field,
                marking=" ".join(found[1].split()),
            )


def rank(marking: Marking) -> int:
    """How closely a marking is held: 0 for CLEAR up to 4 for RED. Compare ranks, never labels."""
    return _ORDER.index(marking)


def _choices() -> str:
    return ", ".join(_ORDER)

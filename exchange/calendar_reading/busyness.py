"""Whether an event takes its owner's time, as people mean it: by five properties that programs use for it."""

from collections.abc import Collection, Mapping
from enum import IntEnum

from exchange.calendar_reading.content_lines import Property, text_property

_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})  # who works elsewhere can be met


class Weight(IntEnum):
    """How much of somebody's time something takes."""

    FREE = 0
    TENTATIVE = 1
    BUSY = 2


def weight_of(lines: Mapping[str, list[str]], owners: Collection[str]) -> Weight:
    """The weight of an event; ``owners`` are the addresses, in lower case, whose answers are the owner's.

    Without such an address an answer counts where it is the only one of an event that they do not hold
    themselves: they may have been invited under another.
    """
    status = _words(lines, "STATUS")
    shown = _words(lines, "X-MICROSOFT-CDO-BUSYSTATUS")
    answers = _answers(lines, owners)
    is_off = bool(status) and set(status) == {"CANCELLED"}
    if "TRANSPARENT" in _words(lines, "TRANSP") or is_off or _FREE & set(shown) or "DECLINED" in answers:
        return Weight.FREE
    if "TENTATIVE" in {*status, *shown, *answers}:
        return Weight.TENTATIVE
    return Weight.BUSY


def weight_of_period(kind: str) -> Weight:
    """The weight of a period of a list of busy times by its FBTYPE (RFC 5545 3.2.9)."""
    kinds = {"FREE": Weight.FREE, "BUSY-TENTATIVE": Weight.TENTATIVE}
    return kinds.get(kind.upper(), Weight.BUSY)


def is_cancelled(lines: Mapping[str, list[str]]) -> bool:
    """Whether the event was called off."""
    return "CANCELLED" in _words(lines, "STATUS")


def _words(lines: Mapping[str, list[str]], name: str) -> list[str]:
    return [line.partition(":")[2].strip().upper() for line in lines.get(name, [])]


def _answers(lines: Mapping[str, list[str]], owners: Collection[str]) -> set[str]:
    attendees = _people(lines, "ATTENDEE")
    own = [
        one
        for one in attendees
        if _address(one) in owners or one.parameters.get("EMAIL", "").lower() in owners
    ]
    is_theirs = any(_address(one) in owners for one in _people(lines, "ORGANIZER"))
    if not own and len(attendees) == 1 and not is_theirs:
        own = attendees
    return {one.parameters.get("PARTSTAT", "").upper() for one in own}


def _people(lines: Mapping[str, list[str]], name: str) -> list[Property]:
    return [text_property(line) for line in lines.get(name, []) if ":" in line]


def _address(attendee: Property) -> str:
    return attendee.value.lower().removeprefix("mailto:").strip()

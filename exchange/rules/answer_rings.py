"""Who may open an answer under the marking its author chose.

Not feeds and letters, which rings.py decides: an answer is read on pages only.
"""

from dataclasses import dataclass

from exchange.rules.markings import Marking

_NAMED_ONLY = frozenset({Marking.AMBER_STRICT, Marking.RED})


@dataclass(frozen=True)
class Reading:
    """Who would read: whether they wrote it, take part in the exchange or plan it, and their groups."""

    wrote: bool = False
    takes_part: bool = False
    group_ids: frozenset[int] = frozenset()


def needs_groups(marking: Marking) -> bool:
    """Whether a marking reaches only groups that the author names."""
    return marking in _NAMED_ONLY


def may_open_answer(marking: str, named_group_ids: frozenset[int], reading: Reading) -> bool:
    """Whether somebody may read an answer and its files.

    Its authors always; at AMBER+STRICT and RED only members of the groups named, coordinators
    not among them; else who takes part or plans. An empty or unknown marking is denied.
    """
    if reading.wrote:
        return True
    if marking not in set(Marking):
        return False
    if needs_groups(Marking(marking)):
        return bool(reading.group_ids & named_group_ids)
    return reading.takes_part

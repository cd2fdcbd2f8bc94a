"""What a financial year leaves under cost recovery: a balance to carry or to credit, never a surplus."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LineKind(StrEnum):
    """What a line of money says."""

    BUDGET = "budget"
    COMMITMENT = "commitment"
    ACTUAL = "actual"
    INVOICE = "invoice"
    RECEIPT = "receipt"
    IN_KIND = "in kind"


class Outcome(StrEnum):
    """What became of a year's balance."""

    CARRIED = "carried forward"
    CREDITED = "credited to payers"


@dataclass(frozen=True)
class Totals:
    """The sums of a span by kind, in the agreement's smallest unit, and what was carried into it."""

    by_kind: dict[LineKind, int]
    carried_in: int = 0

    def of(self, kind: LineKind) -> int:
        """The sum of one kind."""
        return self.by_kind.get(kind, 0)

    @property
    def balance(self) -> int:
        """What was carried in and received, less what was spent; below nought it is still to be recovered.

        In kind is worth something and moves no money.
        """
        return self.carried_in + self.of(LineKind.RECEIPT) - self.of(LineKind.ACTUAL)


def totals_of(lines: Iterable[tuple[LineKind, int]], carried_in: int = 0) -> Totals:
    """The sums of lines."""
    found: dict[LineKind, int] = {}
    for kind, amount in lines:
        found[kind] = found.get(kind, 0) + amount
    return Totals(found, carried_in)

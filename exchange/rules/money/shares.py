"""Shares that make 100 % exactly, and amounts split by them to the last penny. No floats anywhere."""

from collections.abc import Sequence

from exchange.errors import InvalidInput
from exchange.rules.money.amounts import check_amount, decimal_of

WHOLE = 1_000_000  # parts of a whole: a share is kept in millionths, four decimals of a per cent
_PER_CENT = WHOLE // 100


def split(total: int, weights: Sequence[int], unit: int = 1) -> list[int]:
    """The total shared out by weight, by largest remainder; the parts sum to the total.

    Of equal remainders the first in the stated order gets the odd one. ``unit`` is the step in which is
    shared out, in smallest units: 100 for whole pounds. What is less than a step goes to the first that has
    any weight. A negative total is split as its opposite. Raises ValueError without any weight.
    """
    if total < 0:
        return [-part for part in split(-total, weights, unit)]
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("Nothing can be split without a weight.")
    steps, rest = divmod(total, unit)
    parts = [steps * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(steps * weights[place] % whole), place))
    for place in by_remainder[: steps - sum(parts)]:
        parts[place] += 1
    parts = [part * unit for part in parts]
    parts[next(place for place, weight in enumerate(weights) if weight)] += rest
    return parts


def implied_total(amount: int, share: int) -> int:
    """The whole of which ``amount`` is a share, in millionths.

    Raises InvalidInput, field "amount", when there is no such whole to the penny, or it is too much.
    """
    total, rest = divmod(amount * WHOLE, share)
    if rest:
        raise InvalidInput(
            "No whole sum has this as its share of %(share)s %%.", field="amount", share=percent_text(share)
        )
    check_amount(total)
    return total


def share_of(text: str, field: str = "share") -> int:
    """A typed percentage as millionths: "33.3333" or "33,3333". Raises InvalidInput at ``field``."""
    exact = (decimal_of(text.strip().removesuffix("%")) or 0) * _PER_CENT
    if not 0 < exact <= WHOLE or exact != int(exact):
        raise InvalidInput(
            "Give a share in per cent, above 0 and up to 100, like 25 or 33.3333.", field=field
        )
    return int(exact)


def percent_text(share: int) -> str:
    """Millionths as a percentage without noughts at its end: "25", "33.3333"."""
    whole, rest = divmod(share, _PER_CENT)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") if rest else str(whole)


def check_whole(shares: Sequence[int], field: str) -> None:
    """Raise InvalidInput at ``field`` unless the shares make exactly 100 %."""
    if sum(shares) != WHOLE:
        raise InvalidInput(
            "The shares make %(sum)s %%. They must make exactly 100 %%.",
            field=field,
            sum=percent_text(sum(shares)),
        )

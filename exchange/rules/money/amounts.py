"""Amounts of a currency as integers of its smallest unit, read and written; and what a rate makes of one."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from exchange.errors import InvalidInput

MOST = 10**12  # smallest units; ten thousand million pounds is a slip of the keyboard
_MINOR = 100  # each of the three currencies has a hundred of them
_LONGEST = 24  # characters
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+", re.ASCII)


class Currency(StrEnum):
    """The currencies of the lead cities."""

    GBP = "GBP"
    SEK = "SEK"
    USD = "USD"


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency is worth in the agreement's: an exact decimal, its day, and who says so."""

    value: Decimal
    on: date
    source: str


def amount_of(text: str, field: str = "amount") -> int:
    """A typed amount in smallest units: "37,875.00", "37 875,5" and "37875" are read.

    A comma or point with one or two digits behind it sets off the decimals. Raises InvalidInput at
    ``field``, for what is negative or has three decimals too.
    """
    typed = "".join(text.split()).replace("\N{MINUS SIGN}", "-")
    if typed.startswith("-"):
        raise InvalidInput("An amount is never negative. Give it without the minus sign.", field=field)
    point = max(typed.rfind("."), typed.rfind(","))
    has_decimals = point >= 0 and len(typed) - point - 1 in (1, 2)
    whole = typed[:point] if has_decimals else typed
    digits = whole.replace(",", "").replace(".", "")
    cents = typed[point + 1 :] if has_decimals else ""
    if not _is_number(digits) or (cents and not _is_number(cents)) or not _is_grouped(whole):
        raise InvalidInput("Give an amount like 37,875.00.", field=field)
    amount = int(digits) * _MINOR + int((cents or "0").ljust(2, "0"))
    check_amount(amount, field)
    return amount


def amount_text(amount: int, currency: str) -> str:
    """ "GBP 37,875.00"; a negative one begins with a minus sign."""
    whole, cents = divmod(abs(amount), _MINOR)
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}{currency} {whole:,}.{cents:02d}"


def plain_amount(amount: int) -> str:
    """The amount for a table: "37875.00"."""
    whole, cents = divmod(abs(amount), _MINOR)
    return f"{'-' if amount < 0 else ''}{whole}.{cents:02d}"


def rate_of(text: str, field: str = "rate") -> Decimal:
    """A typed rate. Raises InvalidInput at ``field``."""
    rate = decimal_of(text)
    if rate is None or not Decimal("0.0000001") <= rate <= Decimal("10000000"):
        raise InvalidInput("Give the rate as a decimal above nought, like 0.0743.", field=field)
    return rate


def converted(amount: int, rate: Decimal) -> int:
    """The amount in the other currency, in its smallest units, halves away from nought.

    Raises InvalidInput, field "amount", for more than is kept of any amount.
    """
    over, under = rate.as_integer_ratio()  # a Decimal would round at 28 digits on the way
    found = (2 * abs(amount) * over + under) // (2 * under)
    check_amount(found)
    return -found if amount < 0 else found


def check_amount(amount: int, field: str = "amount") -> None:
    """Raise InvalidInput at ``field`` for what no line can hold."""
    if amount >= MOST:
        raise InvalidInput("This is more than the network can have.", field=field)


def decimal_of(text: str) -> Decimal | None:
    """A typed number, exact, with a point or a comma before its decimals; None for anything else."""
    typed = text.strip().replace(",", ".")
    return Decimal(typed) if len(typed) <= _LONGEST and _DECIMAL.fullmatch(typed) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST


def _is_grouped(whole: str) -> bool:
    """Whether separators stand where thousands are set apart, or nowhere."""
    groups = whole.replace(".", ",").split(",")
    return len(groups) == 1 or (0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))

"""Who pays a city's share on which days, what has no payer, and a sum shared out at both levels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from exchange.errors import InvalidInput
from exchange.rules.money.shares import WHOLE, percent_text, split

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PayerShare:
    """An organisation's share of its city's share, in millionths, from a day to a day; None is open."""

    key: int
    share: int
    starts_on: date | None = None
    ends_on: date | None = None

    def holds_on(self, on: date) -> bool:
        """Whether it pays on a day."""
        return (self.starts_on or on) <= on <= (self.ends_on or on)


@dataclass(frozen=True)
class PartyShare:
    """A city's share in millionths, with its payers in their stated order."""

    key: int
    share: int
    payers: tuple[PayerShare, ...] = ()


@dataclass(frozen=True)
class Part:
    """What one party, or one payer of it, has of a sum; ``payer`` None is what nobody was given to pay."""

    party: int
    payer: int | None
    amount: int


@dataclass(frozen=True)
class Gap:
    """Days on which a part of a city's share, in millionths, has no payer; ``left`` paid it before."""

    first_on: date
    last_on: date
    share: int
    left: tuple[int, ...]


def check_payers(payers: Sequence[PayerShare], first_on: date, last_on: date) -> None:
    """Raise InvalidInput, field "payers", unless shares make 100 % at the start and where one begins.

    After somebody left they may make less, until it is given to others; never more. No payers at all is
    right: nobody said yet who pays.
    """
    for payer in payers:
        if payer.starts_on and payer.ends_on and payer.ends_on < payer.starts_on:
            raise InvalidInput("A payer's last day lies before its first.", field="payers")
    for on in _changes(payers, first_on, last_on):
        held = sum(one.share for one in payers if one.holds_on(on))
        begins = on == first_on or any(one.starts_on == on for one in payers)
        if payers and (held > WHOLE or (begins and held != WHOLE)):
            raise InvalidInput(
                "From %(day)s the payers' shares make %(sum)s %%. They must make exactly 100 %%.",
                field="payers",
                day=on,
                sum=percent_text(held),
            )


def gaps(payers: Sequence[PayerShare], first_on: date, last_on: date) -> list[Gap]:
    """The spans in which something has no payer since somebody left, in order; none without payers."""
    if not payers:
        return []
    days = _changes(payers, first_on, last_on)
    found: list[Gap] = []
    for place, on in enumerate(days):
        missing = WHOLE - sum(one.share for one in payers if one.holds_on(on))
        if missing > 0:
            ends = days[place + 1] - _A_DAY if place + 1 < len(days) else last_on
            left = tuple(one.key for one in payers if one.ends_on and one.ends_on < on)
            found.append(Gap(on, ends, missing, left))
    return found


def shared_out(
    total: int, parties: Sequence[PartyShare], span: tuple[date, date], unit: int = 1
) -> list[Part]:
    """A sum for a span of days at both levels, in the stated order: it sums at each to the last penny.

    Who pays for a part of the days pays for that part; what nobody pays comes last of its city.
    """
    of_cities = split(total, [party.share for party in parties], unit)
    return [
        part
        for party, amount in zip(parties, of_cities, strict=True)
        for part in _of_payers(party, amount, span, unit)
    ]


def of_party(parts: Sequence[Part], party: int) -> int:
    """What one city has of what was shared out."""
    return sum(part.amount for part in parts if part.party == party)


def _of_payers(party: PartyShare, amount: int, span: tuple[date, date], unit: int) -> Iterator[Part]:
    days = (span[1] - span[0]).days + 1
    weights = [one.share * _days_held(one, span) for one in party.payers]
    nobody = max(WHOLE * days - sum(weights), 0)
    amounts = split(amount, [*weights, nobody], unit)
    for payer, part in zip(party.payers, amounts, strict=False):
        yield Part(party.key, payer.key, part)
    if nobody:
        yield Part(party.key, None, amounts[-1])


def _days_held(payer: PayerShare, span: tuple[date, date]) -> int:
    first_on, last_on = max(payer.starts_on or span[0], span[0]), min(payer.ends_on or span[1], span[1])
    return max((last_on - first_on).days + 1, 0)


def _changes(payers: Sequence[PayerShare], first_on: date, last_on: date) -> list[date]:
    """The days within the span on which who pays is another than the day before, its first included."""
    days = {first_on}
    days |= {one.starts_on for one in payers if one.starts_on}
    days |= {one.ends_on + _A_DAY for one in payers if one.ends_on}
    return sorted(on for on in days if first_on <= on <= last_on)

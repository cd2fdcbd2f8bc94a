"""Letters to come put together as a coordinator thinks of them: one letter to many people. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.mail.schedule.planned import Departure, Stored, read_departure

LONGEST_DAY = timedelta(hours=52)  # a date, from its first wall on earth to its last


@dataclass(frozen=True)
class Sending:
    """One letter about one thing on one day; ``first`` is its earliest copy, to ``people`` in ``cities``.

    ``item`` names the thing: "cycle:12".
    """

    item: str
    first: Departure
    people: int
    cities: int


def sendings(leaving: Iterable[tuple[str, Stored]], most: int) -> Sequence[Sending]:
    """The first ``most`` letters, each with how many people get it on its day; ``leaving`` by moment.

    Of what comes after them only a day is read, for their later copies.
    """
    together: dict[tuple[str, str, date], list[Departure]] = {}
    last_at: datetime | None = None
    for item, stored in leaving:
        one = read_departure(stored)
        if last_at is not None and one.due_at > last_at + LONGEST_DAY:
            break
        together.setdefault((item, one.kind, one.local.on), []).append(one)
        if len(together) == most and last_at is None:
            last_at = one.due_at
    return [
        Sending(item, copies[0], sum(one.people for one in copies), sum(one.cities for one in copies))
        for (item, _, _), copies in list(together.items())[:most]
    ]

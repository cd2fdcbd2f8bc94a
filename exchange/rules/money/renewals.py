"""What the end of an agreement calls for: reminders, a banner, and payers to find."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.rules.duties.duty import Duty, Owner, Role, Subject
from exchange.rules.money.payers import Gap
from exchange.rules.money.shares import percent_text
from exchange.rules.money.years import months_before
from exchange.rules.sentences import Sentence

REMINDED_MONTHS = (12, 9, 6, 3)
_AHEAD_MONTHS = 12  # from the first reminder on, the year that is planned lies beyond the end
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AgreementFacts:
    """An agreement as its end is asked about: who is reminded, and what is known of the next one.

    Dates are on the wall in ``time_zone``. ``city_ids`` are its parties, ``board_id`` who agrees.
    ``followed_at`` is when the next one was agreed, None while none is.
    """

    id: int
    title: str
    ends_on: date
    time_zone: str
    city_ids: Sequence[int]
    board_id: int | None = None
    followed_at: datetime | None = None


def owners_of(agreement: AgreementFacts) -> list[Owner]:
    """The coordinators, the finance contacts of its cities, and its board."""
    owners = [Owner(Role.COORDINATOR)]
    owners += [Owner(Role.FINANCE_CONTACT, city_id) for city_id in agreement.city_ids]
    return owners + ([Owner(Role.BOARD, agreement.board_id)] if agreement.board_id else [])


def renewal_duties(agreement: AgreementFacts) -> Iterator[Duty]:
    """One for each month and owner, due so many calendar months before the end."""
    for months in REMINDED_MONTHS:
        due_on = months_before(agreement.ends_on, months)
        for owner in owners_of(agreement):
            yield Duty(
                key=f"agreement:{agreement.id}:renewal:{months}m:{owner.role.value}:{owner.id or 0}",
                what=Sentence(
                    "Agree on what follows: the agreement ends on %(day)s"
                    " (reminder %(months)s months before)",
                    {"day": agreement.ends_on, "months": months},
                ),
                subject=Subject("agreement", agreement.id, agreement.title),
                owner=owner,
                due_on=due_on,
                time_zone=agreement.time_zone,
                starts_on=due_on,
                done_at=agreement.followed_at,
            )


@dataclass(frozen=True)
class GapFacts:
    """A part of a city's share that has no payer since somebody left, with their names."""

    party_id: int
    city_id: int
    city: str
    gap: Gap
    left: str


def gap_duties(agreement: AgreementFacts, found: GapFacts) -> Iterator[Duty]:
    """To give the part to another payer, for the coordinators and the city's finance contacts."""
    for owner in (Owner(Role.COORDINATOR), Owner(Role.FINANCE_CONTACT, found.city_id)):
        yield Duty(
            key=f"agreement:{agreement.id}:payer:{found.party_id}:{found.gap.first_on}:{owner.role.value}",
            what=Sentence(
                "Find who pays %(share)s %% of the share of %(city)s from %(day)s: %(left)s leaves",
                {
                    "share": percent_text(found.gap.share),
                    "city": found.city,
                    "day": found.gap.first_on,
                    "left": found.left,
                },
            ),
            subject=Subject("agreement", agreement.id, agreement.title),
            owner=owner,
            due_on=found.gap.first_on,
            time_zone=agreement.time_zone,
        )


def last_agreed_day(spans: Collection[tuple[date, date]], today: date) -> date | None:
    """The day until which agreements follow one another without a gap, from today's or the last one.

    None when none is recorded.
    """
    begun = sorted(span for span in spans if span[0] <= today)
    if not begun:
        return None
    last = max(ends for _starts, ends in begun)
    for starts, ends in sorted(spans):
        if starts <= last + _A_DAY:
            last = max(last, ends)
    return last


def beyond_which_nothing_is_agreed(spans: Collection[tuple[date, date]], today: date) -> date | None:
    """The last agreed day, once less than a year is left to it; None while nothing need be said."""
    last = last_agreed_day(spans, today)
    return last if last is not None and months_before(last, _AHEAD_MONTHS) <= today else None

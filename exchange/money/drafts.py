"""What people want of agreements, payers and lines, checked but not saved. It knows no forms."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from exchange.errors import InvalidInput
from exchange.rules.money.amounts import Currency
from exchange.rules.money.balances import LineKind
from exchange.rules.money.shares import check_whole
from exchange.rules.typed_links import check_link

FIRST_YEAR, LAST_YEAR = 2000, 2100  # a day outside is a slip of the keyboard
HOURS_MOST = 10_000_00  # hundredths: five people for a year


@dataclass(frozen=True)
class PartyDraft:
    """A city's share of the whole, in millionths, and the month in which its financial year begins."""

    city_id: int
    share: int
    year_begins: int


@dataclass(frozen=True)
class AgreementDraft:
    """An agreement as a form describes it; its days are on the host city's wall."""

    title: str
    host_organisation_id: int
    host_city_id: int
    starts_on: date
    ends_on: date
    parties: tuple[PartyDraft, ...]
    board_id: int | None = None
    decision_id: int | None = None
    notice_months: int = 0
    currency: Currency = Currency.GBP
    in_whole_units: bool = False
    link: str = ""
    agreed_on: date | None = None  # None for a draft


@dataclass(frozen=True)
class PayerDraft:
    """An organisation's share of its city's share, in millionths, and the days on which it pays."""

    organisation_id: int
    share: int
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class LineDraft:
    """A line as a form or a file describes it. ``amount`` is in smallest units of ``currency``.

    ``is_share`` says of a budget that the amount is the share of the city, of which the whole follows.
    ``hours`` are hundredths of an hour of work in kind.
    """

    kind: LineKind
    on: date
    text: str
    amount: int = 0
    currency: Currency = Currency.GBP
    city_id: int | None = None
    organisation_id: int | None = None
    hours: int | None = None
    decision_id: int | None = None
    is_share: bool = False


@dataclass(frozen=True)
class RateDraft:
    """What one unit of ``currency`` is worth in ``host_currency`` from a day on, and who says so."""

    currency: Currency
    host_currency: Currency
    on: date
    rate: Decimal
    source: str


def check_agreement(draft: AgreementDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    if not draft.title.strip():
        raise InvalidInput("Give it a title.", field="title")
    check_year(draft.starts_on, "starts_on")
    check_year(draft.ends_on, "ends_on")
    if draft.ends_on < draft.starts_on:
        raise InvalidInput("The last day lies before the first.", field="ends_on")
    if draft.link:
        check_link(draft.link, "link")
    cities = [party.city_id for party in draft.parties]
    if len(set(cities)) < len(cities):
        raise InvalidInput("A city stands twice among the parties.", field="parties")
    check_whole([party.share for party in draft.parties], "parties")
    if draft.host_city_id not in cities:
        raise InvalidInput("The city that hosts must be one of the parties.", field="host_city_id")


def check_line(draft: LineDraft) -> None:
    """Raise InvalidInput at the field that cannot be right, whatever else is recorded."""
    check_year(draft.on, "on")
    if not draft.text.strip():
        raise InvalidInput("Say what it is for.", field="text")
    if draft.amount < 0:
        raise InvalidInput("An amount is never negative. Give it without the minus sign.", field="amount")
    if draft.hours is not None and draft.kind is not LineKind.IN_KIND:
        raise InvalidInput("Hours are counted of work in kind alone.", field="hours")
    if draft.hours is not None and not 0 < draft.hours <= HOURS_MOST:
        raise InvalidInput("Give hours above nought and up to 10,000.", field="hours")
    if not draft.amount and not draft.hours:
        is_in_kind = draft.kind is LineKind.IN_KIND
        raise InvalidInput(
            "Give hours, an amount, or both." if is_in_kind else "Give an amount above nought.",
            field="amount",
        )
    if draft.is_share and (draft.kind is not LineKind.BUDGET or draft.city_id is None):
        raise InvalidInput("Only of a budget can a city's share be given: choose the city.", field="is_share")
    of_nobody = draft.kind in {LineKind.INVOICE, LineKind.RECEIPT} or draft.organisation_id is not None
    if of_nobody and draft.city_id is None:
        raise InvalidInput("Say who pays.", field="payer")


def check_year(on: date, field: str) -> None:
    """Raise InvalidInput for a day of a year that is a slip of the keyboard."""
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidInput("Give a year from 2000 to 2100.", field=field)

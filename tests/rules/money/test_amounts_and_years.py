"""Amounts as people type them, rates, financial years, and what the end of an agreement calls for."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.rules.duties.duty import Role
from exchange.rules.money.amounts import MOST, amount_of, amount_text, converted, plain_amount, rate_of
from exchange.rules.money.balances import LineKind, totals_of
from exchange.rules.money.renewals import (
    AgreementFacts,
    beyond_which_nothing_is_agreed,
    last_agreed_day,
    renewal_duties,
)
from exchange.rules.money.shares import implied_total, share_of
from exchange.rules.money.years import months_before, year_of, years_between

END = date(2027, 3, 31)


@given(st.integers(0, MOST - 1))
def test_an_amount_written_is_read_as_it_was(amount: int) -> None:
    assert amount_of(plain_amount(amount)) == amount
    assert amount_of(amount_text(amount, "GBP").removeprefix("GBP ")) == amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("37,875.00", 3_787_500), ("37 875,5", 3_787_550), ("37.875", 3_787_500), ("0", 0), (" 12 ", 1_200)],
)
def test_amounts_are_read_as_people_write_them(typed: str, amount: int) -> None:
    assert amount_of(typed) == amount


@pytest.mark.parametrize("typed", ["", "-5", "1.2345", "12,34,56", "1e9", "£5", "٣", "9" * 20, "1.2.3"])
def test_what_is_no_amount_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        amount_of(typed)
    assert refused.value.field == "amount"


def test_a_rate_is_exact_and_half_a_penny_goes_up() -> None:
    assert converted(100_000, rate_of("0,0743")) == 7_430
    assert converted(1, Decimal("0.5")) == 1
    for typed in ("", "0", "-1", "nan", "inf", "9" * 30):
        with pytest.raises(InvalidInput):
            rate_of(typed)


def test_each_city_has_its_own_financial_year() -> None:
    on = date(2026, 10, 1)
    london, stockholm, washington = (year_of(on, month) for month in (4, 1, 10))
    assert (london.name, stockholm.name, washington.name) == ("2026-27", "2026", "2026-27")
    assert (london.first_on, london.last_on) == (date(2026, 4, 1), date(2027, 3, 31))
    assert washington.first_on == on
    assert year_of(date(2026, 9, 30), 10).name == "2025-26"
    names = [year.name for year in years_between(date(2023, 4, 1), END, 4)]
    assert names == ["2023-24", "2024-25", "2025-26", "2026-27"]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from([1, 4, 10]))
def test_every_day_is_in_one_year(on: date, month: int) -> None:
    found = year_of(on, month)
    assert found.holds(on)
    assert found.first_on.day == 1
    assert found.first_on.month == month


@pytest.mark.parametrize(
    ("months", "on"),
    [(12, date(2026, 3, 31)), (9, date(2026, 6, 30)), (6, date(2026, 9, 30)), (3, date(2026, 12, 31))],
)
def test_months_are_counted_to_a_calendar_date(months: int, on: date) -> None:
    assert months_before(END, months) == on


def test_an_end_is_owed_by_coordinators_finance_contacts_and_the_board_once_each() -> None:
    facts = AgreementFacts(1, "Agreement", END, "Europe/London", [7, 8], board_id=3)
    duties = list(renewal_duties(facts))
    assert len({duty.key for duty in duties}) == len(duties) == 4 * 4
    owners = {(duty.owner.role, duty.owner.id) for duty in duties}
    finance = {(Role.FINANCE_CONTACT, 7), (Role.FINANCE_CONTACT, 8)}
    assert owners == finance | {(Role.COORDINATOR, None), (Role.BOARD, 3)}
    assert {duty.due_on for duty in duties} == {months_before(END, months) for months in (12, 9, 6, 3)}
    followed = AgreementFacts(
        1, "Agreement", END, "Europe/London", [7], followed_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert all(duty.done_at for duty in renewal_duties(followed))


def test_the_banner_comes_with_the_first_reminder_and_goes_with_the_next_agreement() -> None:
    only = [(date(2023, 4, 1), END)]
    assert beyond_which_nothing_is_agreed(only, date(2026, 3, 30)) is None
    assert beyond_which_nothing_is_agreed(only, date(2026, 3, 31)) == END
    assert beyond_which_nothing_is_agreed(only, date(2027, 6, 1)) == END
    assert beyond_which_nothing_is_agreed([], date(2027, 6, 1)) is None
    following = [*only, (date(2027, 4, 1), date(2031, 3, 31))]
    assert last_agreed_day(following, date(2026, 12, 1)) == date(2031, 3, 31)
    assert beyond_which_nothing_is_agreed(following, date(2026, 12, 1)) is None
    with_hole = [*only, (date(2027, 4, 2), date(2031, 3, 31))]
    assert beyond_which_nothing_is_agreed(with_hole, date(2026, 12, 1)) == END


def test_a_balance_is_what_was_received_less_what_was_spent() -> None:
    lines = [(LineKind.RECEIPT, 500), (LineKind.ACTUAL, 300), (LineKind.IN_KIND, 90), (LineKind.BUDGET, 600)]
    assert totals_of(lines, carried_in=20).balance == 220


@given(st.integers(0, MOST - 1), st.integers(1, 10**15))
def test_a_conversion_is_exact_whatever_its_digits(amount: int, ten_millionths: int) -> None:
    """A Decimal would round at 28 digits on the way."""
    rate = Decimal(ten_millionths).scaleb(-15)
    exact = Fraction(amount * ten_millionths, 10**15)
    assert converted(amount, rate) == int(exact + Fraction(1, 2))


def test_what_no_line_can_hold_is_refused() -> None:
    with pytest.raises(InvalidInput):
        converted(MOST - 1, Decimal("10000000"))
    with pytest.raises(InvalidInput):
        implied_total(MOST - 1, 1)


@pytest.mark.parametrize("typed", ["sNaN", "9e999999", "1e1", "2_5", "٢٥", "", "-1", "0", "100.00001", "."])
def test_a_share_is_a_plain_number(typed: str) -> None:
    """The first two were errors of the page."""
    with pytest.raises(InvalidInput):
        share_of(typed)
    if typed not in ("100.00001",):
        with pytest.raises(InvalidInput):
            rate_of(typed)

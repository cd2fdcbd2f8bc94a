"""Shares that make 100 %, and sums split to the penny at both levels."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.rules.money.payers import PartyShare, PayerShare, check_payers, gaps, of_party, shared_out
from exchange.rules.money.shares import WHOLE, check_whole, implied_total, percent_text, share_of, split

YEAR = (date(2023, 4, 1), date(2024, 3, 31))
HALVES = (PayerShare(1, 500_000), PayerShare(2, 500_000))
PARTIES = [PartyShare(1, 500_000), PartyShare(2, 250_000, HALVES), PartyShare(3, 250_000)]


def shares_of(count: int) -> st.SearchStrategy[list[int]]:
    """As many shares as that, each above nought, that make exactly a whole."""
    cuts = st.lists(st.integers(1, WHOLE - 1), min_size=count - 1, max_size=count - 1, unique=True)
    return cuts.map(sorted).map(
        lambda found: [b - a for a, b in zip([0, *found], [*found, WHOLE], strict=True)]
    )


SHARES = st.integers(1, 6).flatmap(shares_of)


@st.composite
def networks(draw: st.DrawFn) -> list[PartyShare]:
    parties = []
    for place, share in enumerate(draw(SHARES)):
        payers = draw(st.one_of(st.just([]), SHARES))
        days = st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2024, 12, 31)))
        of_them = tuple(PayerShare(key, one, ends_on=draw(days)) for key, one in enumerate(payers))
        parties.append(PartyShare(place, share, of_them))
    return parties


@given(total=st.integers(-(10**12), 10**12), parties=networks(), unit=st.sampled_from([1, 100]))
def test_a_split_sums_at_both_levels_and_splits_the_same_again(
    total: int, parties: list[PartyShare], unit: int
) -> None:
    parts = shared_out(total, parties, YEAR, unit)
    assert sum(part.amount for part in parts) == total
    of_cities = split(total, [party.share for party in parties], unit)
    assert [of_party(parts, party.key) for party in parties] == of_cities
    assert sum(of_cities) == total
    assert shared_out(total, parties, YEAR, unit) == parts


@given(total=st.integers(0, 10**12), shares=SHARES, unit=st.sampled_from([1, 100]))
def test_no_part_is_a_step_away_from_its_exact_share(total: int, shares: list[int], unit: int) -> None:
    for part, share in zip(split(total, shares, unit)[1:], shares[1:], strict=True):
        assert abs(part * WHOLE - total * share) < 2 * unit * WHOLE


def test_story_36_a_quarter_of_37875_implies_the_whole_and_the_other_shares() -> None:
    total = implied_total(37_875_00, 250_000)
    assert total == 151_500_00
    parts = shared_out(total, PARTIES, YEAR)
    assert [of_party(parts, key) for key in (1, 2, 3)] == [75_750_00, 37_875_00, 37_875_00]
    assert sum(part.amount for part in parts) == total


def test_story_37_an_odd_pound_goes_to_the_first_payer_and_is_not_made_twice() -> None:
    london = [PartyShare(2, WHOLE, HALVES)]
    pounds = [part.amount for part in shared_out(37_875_00, london, YEAR, unit=100)]
    assert pounds == [18_938_00, 18_937_00]
    assert sum(pounds) == 37_875_00
    assert [part.amount for part in shared_out(37_875_00, london, YEAR)] == [18_937_50, 18_937_50]


def test_what_nobody_pays_after_somebody_left_is_shown_and_not_lost() -> None:
    left = (PayerShare(1, 500_000), PayerShare(2, 500_000, ends_on=date(2023, 9, 30)))
    parts = shared_out(366_00, [PartyShare(2, WHOLE, left)], YEAR)
    assert [(part.payer, part.amount) for part in parts] == [(1, 183_00), (2, 91_50), (None, 91_50)]
    (gap,) = gaps(left, *YEAR)
    assert (gap.first_on, gap.last_on, gap.share, gap.left) == (date(2023, 10, 1), YEAR[1], 500_000, (2,))
    taken = (*left, PayerShare(3, 500_000, starts_on=date(2023, 10, 1)))
    check_payers(taken, *YEAR)
    assert gaps(taken, *YEAR) == []


@pytest.mark.parametrize(
    "payers",
    [
        [PayerShare(1, 400_000), PayerShare(2, 500_000)],
        [PayerShare(1, 600_000), PayerShare(2, 500_000)],
        [PayerShare(1, WHOLE, starts_on=date(2023, 5, 1))],
        [PayerShare(1, WHOLE), PayerShare(2, 1, starts_on=date(2023, 10, 1))],
        [PayerShare(1, WHOLE, date(2023, 5, 1), date(2023, 4, 1))],
    ],
)
def test_payers_that_do_not_make_a_whole_are_refused(payers: list[PayerShare]) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_payers(payers, *YEAR)
    assert refused.value.field == "payers"


@pytest.mark.parametrize(
    ("typed", "share"), [("25", 250_000), ("33,3333", 333_333), ("100 %", WHOLE), ("0.0001", 1)]
)
def test_a_share_is_read_exactly(typed: str, share: int) -> None:
    assert share_of(typed) == share
    assert share_of(percent_text(share)) == share


@pytest.mark.parametrize("typed", ["", "0", "-1", "100.1", "33.33333", "a", "NaN", "1e2000", "9" * 40])
def test_what_is_no_share_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        share_of(typed)
    assert refused.value.field == "share"


def test_shares_that_do_not_make_a_hundred_are_refused_with_their_sum() -> None:
    check_whole([500_000, 250_000, 250_000], "parties")
    with pytest.raises(InvalidInput, match=r"make 99.9999 %. They must make exactly 100 %"):
        check_whole([333_333, 333_333, 333_333], "parties")


def test_a_share_without_a_whole_to_the_penny_is_refused() -> None:
    with pytest.raises(InvalidInput, match="No whole sum"):
        implied_total(100, 333_333)

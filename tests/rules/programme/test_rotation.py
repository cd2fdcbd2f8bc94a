"""Whose turn it is: longest ago first, then who bore least."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.programme.rotation import Turn, proposed

LEADS = ("London", "Stockholm", "Washington DC")
KINDS = ("annual report", "annual conference")
turns = st.lists(
    st.builds(
        Turn,
        year=st.integers(2018, 2030),
        kind=st.sampled_from(KINDS),
        city=st.sampled_from((*LEADS, "Rome")),
        cost=st.none() | st.integers(0, 10**7),
        currency=st.sampled_from(("GBP", "SEK")),
    ),
    max_size=12,
)


@given(turns, st.integers(2019, 2031))
def test_no_lead_that_is_not_proposed_had_its_turn_longer_ago(found: list[Turn], year: int) -> None:
    def last(city: str) -> int:
        had = [t.year for t in found if t.city == city and t.kind == KINDS[0] and t.year < year]
        return max(had, default=0)

    proposal = proposed(KINDS[0], year, LEADS, found)
    assert proposal is not None
    assert last(proposal.city) == min(map(last, LEADS))
    assert 1 <= len(proposal.reasons) <= 4
    assert all(reason.text for reason in proposal.reasons)


@given(turns)
def test_turns_of_the_year_and_later_change_nothing(found: list[Turn]) -> None:
    before = [turn for turn in found if turn.year < 2025]
    assert proposed(KINDS[0], 2025, LEADS, found) == proposed(KINDS[0], 2025, LEADS, before)


def said(year: int, found: list[Turn]) -> tuple[str, str]:
    proposal = proposed("annual report", year, LEADS, found)
    assert proposal is not None
    return proposal.city, " ".join(reason.text for reason in proposal.reasons)


def test_who_had_it_longest_ago_is_proposed_and_the_reason_says_when() -> None:
    found = [Turn(2024, "annual report", "London"), Turn(2023, "annual report", "Stockholm")]
    found.append(Turn(2025, "annual report", "Washington DC"))
    assert said(2026, found) == (
        "Stockholm",
        "The last recorded turn of Stockholm was in 2023, longer ago than that of any other lead.",
    )


def test_of_two_that_never_had_it_who_had_fewer_turns_or_bore_less_is_proposed() -> None:
    london = Turn(2024, "annual report", "London")
    exercise = Turn(2025, "annual exercise", "Stockholm")
    city, why = said(2026, [london, exercise])
    assert city == "Washington DC"
    assert "fewer turns of any kind than they: 0." in why

    dear = Turn(2025, "annual exercise", "Stockholm", 900, "GBP")
    cheap = Turn(2025, "annual conference", "Washington DC", 100, "GBP")
    city, why = said(2026, [london, dear, cheap])
    assert city == "Washington DC"
    assert "borne less of the recorded cost" in why

    other = Turn(2025, "annual conference", "Washington DC", 100, "SEK")
    city, why = said(2026, [london, dear, other])
    assert city == "Stockholm"
    assert "first by name" in why


def test_without_a_lead_nobody_is_proposed_and_one_alone_has_no_choice() -> None:
    assert proposed("annual report", 2026, (), []) is None
    alone = proposed("annual report", 2026, ("London",), [Turn(2025, "annual report", "London")])
    assert alone is not None
    assert [reason.text for reason in alone.reasons] == ["London alone leads today."]

"""Markings as people write them, and the ones the product must not hold."""

import pytest

from exchange.errors import InvalidInput
from exchange.rules.markings.tlp_labels import Marking, parse_marking, rank


@pytest.mark.parametrize(
    ("text", "marking"),
    [
        ("TLP:CLEAR", Marking.CLEAR),
        ("tlp:green", Marking.GREEN),
        ("amber", Marking.AMBER),
        (" TLP: AMBER+STRICT ", Marking.AMBER_STRICT),
        ("AMBER_STRICT", Marking.AMBER_STRICT),
        ("TLP:AMBER-STRICT", Marking.AMBER_STRICT),
        ("TLP:RED", Marking.RED),
        ("TLP:WHITE", Marking.CLEAR),
    ],
)
def test_marking_is_read_in_any_spelling(text: str, marking: Marking) -> None:
    assert parse_marking(text) is marking


@pytest.mark.parametrize("text", ["", "   ", "TLP:", "PURPLE", "TLP:CLEARLY", "\n"])
def test_marking_that_says_nothing_is_refused_with_the_five_labels(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"TLP:CLEAR, .*TLP:AMBER\+STRICT, TLP:RED") as refusal:
        parse_marking(text)
    assert refusal.value.field == "marking"


@pytest.mark.parametrize("text", ["SECRET", "top secret", "UK SECRET", "Top  Secret"])
def test_state_secrets_are_refused_with_a_word_of_where_they_belong(text: str) -> None:
    with pytest.raises(InvalidInput, match="must not be put into Exchange"):
        parse_marking(text)


def test_rank_rises_with_secrecy() -> None:
    assert [rank(marking) for marking in Marking] == [0, 1, 2, 3, 4]


def test_label_is_what_stands_in_a_subject_line() -> None:
    assert f"{Marking.AMBER_STRICT} Launch" == "TLP:AMBER+STRICT Launch"

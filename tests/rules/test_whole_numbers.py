"""Numbers typed by others: what is none is none, and no text breaks what asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.busy.fetching.http_fetch import _is_longer
from exchange.errors import InvalidInput
from exchange.planner.files.problem_file import problem_from
from exchange.planning.proposal.entry_rows import is_event
from exchange.rules.whole_numbers import whole_number
from tests.planner.small_problems import small


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = whole_number(text)
    assert number is None or f"{number:0{len(text)}d}" == text


@pytest.mark.parametrize("typed", ["²", "٣", "9" * 5000])
def test_what_is_no_number_of_ours_is_none_wherever_it_stands(typed: str) -> None:
    assert not is_event(f"event:{typed}")
    with pytest.raises(InvalidInput):
        problem_from(small(cycles={"takes_part": {typed: ["C0"]}}))


@pytest.mark.parametrize(
    ("written", "is_longer"),
    [("0", False), ("100", False), ("101", True), ("9" * 5000, True), ("²", False), ("", False)],
)
def test_a_length_that_is_none_refuses_nothing(written: str, *, is_longer: bool) -> None:
    assert _is_longer(written, 100) is is_longer

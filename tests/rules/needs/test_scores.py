from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.rules.needs.scores import LastExercised, gap, priority, score, staleness
from tests.rules.needs.answers import answer


def test_worked_example_of_an_important_theme_never_exercised() -> None:
    """DOMAIN.md 3: importance 5, confidence 2, never exercised: gap 3, 5 x 3 x 1.8 = 27.0."""
    one = answer(5, 2, LastExercised.NEVER)
    assert gap(one) == 3
    assert priority(one) == Decimal("27.0")


def test_worked_example_of_a_theme_as_sure_as_it_is_important() -> None:
    """DOMAIN.md 3: importance 4, confidence 4: 0."""
    assert priority(answer(4, 4, LastExercised.NEVER)) == 0


def test_staleness_rises_with_the_time_since_the_last_exercise() -> None:
    assert [str(staleness(one)) for one in LastExercised] == ["1.0", "1.2", "1.5", "1.8"]


@pytest.mark.parametrize(("importance", "confidence", "field"), [(0, 3, "importance"), (4, 6, "confidence")])
def test_a_score_outside_the_scale_is_refused_at_its_field(
    importance: int, confidence: int, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        answer(importance, confidence)
    assert refused.value.field == field


def test_a_groups_score_is_the_median_half_way_between_two() -> None:
    found = score([answer(5, 2, person=1), answer(4, 3, person=2)])
    assert (found.people, found.importance, found.gap, found.priority) == (
        2,
        Decimal("4.5"),
        Decimal(2),
        Decimal("9.5"),
    )


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        (["skill", "skill", "external"], "skill"),
        (["skill", "external"], ""),
        (["", "", "external"], "external"),
        (["", ""], ""),
    ],
)
def test_the_cause_shown_is_the_one_said_most(causes: list[str], said: str) -> None:
    assert score([answer(cause=cause, person=n) for n, cause in enumerate(causes)]).cause == said


@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from(LastExercised))
def test_priority_is_nought_without_a_gap_and_at_most_36(
    importance: int, confidence: int, last: LastExercised
) -> None:
    found = priority(answer(importance, confidence, last))
    assert 0 <= found <= 36
    assert (found == 0) == (confidence >= importance)

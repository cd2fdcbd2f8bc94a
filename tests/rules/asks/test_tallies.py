"""What was answered, counted by the kind of question; and from how many answers on it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.asks.question_kinds import QuestionKind, Value
from exchange.rules.asks.tallies import FEWEST_BODIES, FEWEST_PEOPLE, may_be_shown, tally


@pytest.mark.parametrize(
    ("kind", "options", "values", "counts", "middle"),
    [
        (
            "scale",
            ["no", "yes"],
            [5, 4, 5, 1],
            [("1 – no", 1), ("2", 0), ("3", 0), ("4", 1), ("5 – yes", 2)],
            4.5,
        ),
        ("choice", ["Talk", "Visit"], ["Visit", "Drill"], [("Talk", 0), ("Visit", 1), ("Drill", 1)], None),
        ("choices", ["Talk", "Visit"], [["Talk", "Visit"], ["Visit"]], [("Talk", 1), ("Visit", 2)], None),
        ("yes/no", [], [True, False, True], [("yes", 2), ("no", 1)], None),
        ("number", [], [10, 2.5, 10], [("2.5", 1), ("10", 2)], 10),
        ("date", [], ["2027-09-01", "2027-03-01"], [("2027-03-01", 1), ("2027-09-01", 1)], None),
    ],
)
def test_answers_are_counted_in_the_words_and_order_of_the_question(
    kind: str, options: list[str], values: list[Value], counts: list[tuple[str, int]], middle: float | None
) -> None:
    found = tally(QuestionKind(kind), options, values)
    assert [(one.label, one.times) for one in found.counts] == counts
    assert (found.given, found.middle) == (len(values), middle)


def test_texts_stand_in_an_order_that_says_nothing_of_who_wrote_them() -> None:
    assert tally(QuestionKind.TEXT, [], ["More time.", "Less talk."]).texts == ["Less talk.", "More time."]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), max_size=12))
def test_few_people_or_one_body_alone_are_never_shown(given_by: list[tuple[int, int]]) -> None:
    people, bodies = [person for person, _ in given_by], [body for _, body in given_by]
    is_enough = len(set(people)) >= FEWEST_PEOPLE and len(set(bodies)) >= FEWEST_BODIES
    assert may_be_shown(people, bodies) is is_enough

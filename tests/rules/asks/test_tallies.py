"""What was answered, counted by the kind of question; nothing of few, neither outright nor by the rest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.rules.asks.question_kinds import QuestionKind, Value
from exchange.rules.asks.tallies import tally
from exchange.rules.results.small_groups import ORGANISATIONS_AT_LEAST, PEOPLE_AT_LEAST, Voice


def voiced(values: list[Value], bodies: int = 2) -> list[tuple[Value, Voice]]:
    """Each by a person of their own, of so many organisations in turn."""
    return [(value, Voice(n, n, n % bodies)) for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("kind", "options", "values", "counts", "middle"),
    [
        (
            "scale",
            ["no", "yes"],
            [5] * 6 + [4] * 5 + [1],
            [("1 – no", None), ("2", 0), ("3", 0), ("4", 5), ("5 – yes", 6)],
            5,
        ),
        (
            "choice",
            ["Talk", "Visit"],
            ["Visit"] * 5 + ["Drill"] * 5,
            [("Talk", 0), ("Visit", 5), ("Drill", 5)],
            None,
        ),
        ("choice", ["Talk", "Visit"], ["Visit"] * 5 + ["Drill"] * 4, [("Talk", 0), ("Visit", 5)], None),
        (
            "choices",
            ["Talk", "Visit"],
            [["Talk", "Visit"], *[["Visit"]] * 5],
            [("Talk", None), ("Visit", 6)],
            None,
        ),
        ("yes/no", [], [True] * 5 + [False] * 3, [("yes", 5), ("no", None)], None),
        ("number", [], [10] * 5 + [2.5] * 5 + [7], [("2.5", 5), ("10", 5)], 6.25),
        ("date", [], ["2027-03-01"] * 5 + ["2027-09-01"], [("2027-03-01", 5)], None),
    ],
)
def test_answers_are_counted_in_the_words_and_order_of_the_question(
    kind: str,
    options: list[str],
    values: list[Value],
    counts: list[tuple[str, int | None]],
    middle: float | None,
) -> None:
    found = tally(QuestionKind(kind), options, voiced(values))
    assert found is not None
    assert [(one.label, one.times) for one in found.counts] == counts
    assert found.middle == middle


def test_texts_stand_in_an_order_that_says_nothing_of_who_wrote_them() -> None:
    found = tally(QuestionKind.TEXT, [], voiced(["More time.", "Less talk.", "Maps.", "Air.", "Tea."]))
    assert found is not None
    assert found.texts == ["Air.", "Less talk.", "Maps.", "More time.", "Tea."]


@pytest.mark.parametrize("kind", list(QuestionKind))
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), max_size=12))
def test_few_people_or_one_body_alone_are_never_shown(
    kind: QuestionKind, given_by: list[tuple[int, int]]
) -> None:
    answers: list[tuple[Value, Voice]] = [
        (3, Voice(n, person, body)) for n, (person, body) in enumerate(given_by)
    ]
    people, bodies = ({one[part] for one in given_by} for part in (0, 1))
    is_enough = len(people) >= PEOPLE_AT_LEAST and len(bodies) >= ORGANISATIONS_AT_LEAST
    assert (tally(kind, [], answers) is not None) is is_enough


@settings(max_examples=60)
@given(st.lists(st.integers(1, 5), max_size=40))
def test_nothing_counted_or_left_over_is_of_fewer_than_five(scores: list[int]) -> None:
    found = tally(QuestionKind.SCALE, [], voiced(list(scores)))
    counted = [one.times for one in found.counts if one.times] if found else []
    left = [found.others] if found and found.others else []
    assert all(count >= PEOPLE_AT_LEAST for count in (*counted, *left))
    assert found is None or found.given == sum(counted) + sum(left)

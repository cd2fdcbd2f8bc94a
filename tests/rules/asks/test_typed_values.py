"""What people type and tick, by kind of question: read as a value, or refused in a sentence."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.rules.asks.question_kinds import QuestionKind, Value
from exchange.rules.asks.typed_values import is_answered, read_value, scale_steps, typed_from

CHOICES = ("Talk", "Table-top", "Visit")


@dataclass(frozen=True)
class Asked:
    kind: str
    options: tuple[str, ...] = ()
    is_required: bool = False
    per: str = ""


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", ["  We **train**. "], "We **train**."),
        ("text", [""], None),
        ("choice", ["Visit"], "Visit"),
        ("choices", ["Visit", "Talk"], ["Talk", "Visit"]),
        ("choices", [], None),
        ("scale", ["1"], 1),
        ("scale", [" 5 "], 5),
        ("scale", [""], None),
        ("number", ["12"], 12),
        ("number", ["3,5"], 3.5),
        ("number", ["\u22124.0"], -4),
        ("number", ["1 200"], 1200),
        ("date", ["2027-03-11"], "2027-03-11"),
        ("date", ["11.3.2027"], "2027-03-11"),
        ("yes/no", ["yes"], True),
        ("yes/no", ["no"], False),
    ],
)
def test_what_was_typed_is_read_by_the_kind_of_question(kind: str, typed: list[str], value: Value) -> None:
    assert read_value(Asked(kind, CHOICES), typed) == value


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("choice", "Picnic", "not one of the choices"),
        ("choices", "Picnic", "not one of the choices"),
        ("scale", "0", "whole number from 1 to 5"),
        ("scale", "6", "whole number from 1 to 5"),
        ("scale", "4.5", "whole number from 1 to 5"),
        ("scale", "four", "whole number from 1 to 5"),
        ("scale", "٤", "whole number from 1 to 5"),
        ("number", "a dozen", "Write a number in digits"),
        ("number", "1e9", "Write a number in digits"),
        ("number", "9" * 400, "Write a number in digits"),
        ("number", "nan", "Write a number in digits"),
        ("date", "next Tuesday", "Write the date like"),
        ("date", "3/4/2027", "two orders"),
        ("date", "2027-02-30", "Write the date like"),
        ("yes/no", "perhaps", "Choose yes or no"),
        ("text", "a\x00b", "control characters"),
        ("text", "x" * 20_001, "at most 20000 fit"),
    ],
)
def test_what_the_kind_of_question_does_not_take_is_refused_in_words(
    kind: str, typed: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_value(Asked(kind, CHOICES), [typed])


@given(
    st.sampled_from(list(QuestionKind)),
    st.lists(
        st.one_of(st.text(max_size=30), st.sampled_from([*CHOICES, "4", "yes", "2027-03-11"])), max_size=3
    ),
)
def test_whatever_is_typed_is_a_value_that_reads_as_itself_or_a_sentence(
    kind: QuestionKind, typed: list[str]
) -> None:
    question = Asked(kind, CHOICES)
    try:
        value = read_value(question, typed)
    except InvalidInput:
        return
    assert (value is None) is not is_answered(value)
    assert read_value(question, typed_from(value)) == value


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        (("not at all", "very"), [(1, "not at all"), (2, ""), (3, ""), (4, ""), (5, "very")]),
        (tuple("abcde"), [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")]),
    ],
)
def test_scale_has_words_at_its_ends_or_at_each_step(
    options: tuple[str, ...], steps: list[tuple[int, str]]
) -> None:
    assert scale_steps(options) == steps


def test_rows_are_answered_when_one_of_them_is() -> None:
    assert is_answered({"3": 4})
    assert not is_answered({})
    assert not is_answered({"3": ""})

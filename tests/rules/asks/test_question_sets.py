"""Which questions can be asked, and what of them may change once somebody has answered."""

from dataclasses import replace

import pytest

from exchange.errors import InvalidInput
from exchange.rules.asks.question_kinds import QuestionKind, RowOf
from exchange.rules.asks.question_sets import PlannedQuestion, checked_questions, refuse_lost_answers

SCORE = PlannedQuestion("Was it worth your time?", QuestionKind.SCALE, options=("no", "yes"), id=1)
FORMAT = PlannedQuestion("Which format?", QuestionKind.CHOICE, options=("Talk", "Visit"), id=2)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (replace(SCORE, text=" "), "Write the question"),
        (replace(SCORE, text="a\x00b"), "control characters"),
        (replace(SCORE, text="x" * 501), "at most 500"),
        (replace(SCORE, help="x" * 501), "at most 500"),
        (replace(SCORE, options=()), "words at both ends"),
        (replace(SCORE, options=("a", "b", "c")), "words at both ends"),
        (replace(FORMAT, options=("Talk",)), "from 2 to 20 choices"),
        (replace(FORMAT, options=("Talk", "Talk")), "stands once"),
        (replace(FORMAT, options=("Talk", "")), "one line"),
        (PlannedQuestion("When?", QuestionKind.DATE, options=("soon", "late")), "Only choices and scales"),
        (PlannedQuestion("SECRET"), "SECRET"),
    ],
)
def test_question_that_cannot_be_asked_is_refused_at_its_place(question: PlannedQuestion, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        checked_questions([FORMAT, question])
    assert refused.value.field == "questions_2"


@pytest.mark.parametrize("questions", [[], [FORMAT] * 31])
def test_there_is_at_least_one_question_and_not_more_than_thirty(questions: list[PlannedQuestion]) -> None:
    with pytest.raises(InvalidInput):
        checked_questions(questions)


@pytest.mark.parametrize(
    ("after", "is_kept"),
    [
        ([SCORE, FORMAT], True),
        ([FORMAT, SCORE], True),
        ([replace(SCORE, text="Was it worth a day?", options=("not at all", "very"))], True),
        ([FORMAT], False),
        ([replace(SCORE, kind=QuestionKind.TEXT, options=())], False),
        ([replace(SCORE, per=RowOf.THEME)], False),
        ([replace(SCORE, id=None)], False),
    ],
)
def test_answered_question_is_worded_anew_but_never_lost(after: list[PlannedQuestion], is_kept: bool) -> None:
    refuse_lost_answers([SCORE, FORMAT], after, answered=[])
    if is_kept:
        refuse_lost_answers([SCORE, FORMAT], after, answered=[1])
    else:
        with pytest.raises(InvalidInput, match="has answers already"):
            refuse_lost_answers([SCORE, FORMAT], after, answered=[1])

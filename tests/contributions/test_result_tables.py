"""Of which body an answer is, when results of an ask are shown."""

import pytest

from exchange.answering.results import Given, QuestionResults, Results
from exchange.contributions.result_tables import tables_of
from exchange.models import Ask, AskQuestion


@pytest.mark.parametrize(
    ("party", "organisations", "is_shown"),
    [
        ("Oslo", (None, None), True),  # cities answer: each is a body
        ("", (None, None), False),  # people by themselves: what nobody entered proves no second one
        ("", (1, 2), True),
        ("", (1, 1), False),
    ],
)
def test_cities_are_bodies_of_what_they_answer_and_people_have_organisations(
    party: str, organisations: tuple[int | None, int | None], is_shown: bool
) -> None:
    question = AskQuestion(id=1, ask_id=1, position=1, text="Was it met?", kind="yes/no")
    given = [Given(True, n, n, party, n % 2, organisations[n % 2], 1) for n in range(6)]
    ask = Ask(template="poll", cycle_id=1)  # type: ignore[call-arg]  # its days do not matter here
    (table,) = tables_of(Results(ask, 6, 6, [QuestionResults(question, None, given)]))
    assert (table.tally is not None) is is_shown

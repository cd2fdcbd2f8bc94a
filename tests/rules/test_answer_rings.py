import pytest

from exchange.errors import InvalidInput
from exchange.rules.answer_rings import Reading, may_open_answer
from exchange.rules.markings import Marking, refuse_state_secrets

NAMED = frozenset({5})
AUTHOR = Reading(wrote=True)
IN_GROUP = Reading(takes_part=True, group_ids=frozenset({5, 6}))
IN_OTHER_GROUP = Reading(takes_part=True, group_ids=frozenset({6}))
PART = Reading(takes_part=True)
STRANGER = Reading()


@pytest.mark.parametrize("marking", [Marking.AMBER_STRICT, Marking.RED])
def test_need_to_know_reaches_only_authors_and_the_groups_they_named(marking: Marking) -> None:
    may = {who: may_open_answer(marking, NAMED, who) for who in (AUTHOR, IN_GROUP)}
    assert all(may.values())
    assert not any(may_open_answer(marking, NAMED, who) for who in (IN_OTHER_GROUP, PART, STRANGER))


@pytest.mark.parametrize("marking", [Marking.CLEAR, Marking.GREEN, Marking.AMBER])
def test_other_markings_reach_who_takes_part(marking: Marking) -> None:
    assert may_open_answer(marking, frozenset(), PART)
    assert not may_open_answer(marking, NAMED, STRANGER)


@pytest.mark.parametrize("marking", ["", "TLP:PURPLE"])
def test_answer_without_a_marking_is_its_authors_own(marking: str) -> None:
    assert may_open_answer(marking, NAMED, AUTHOR)
    assert not any(may_open_answer(marking, NAMED, who) for who in (IN_GROUP, PART))


@pytest.mark.parametrize(
    "text",
    [
        "SECRET",
        "Plan\n\n**TOP SECRET**\n\nmore",
        "UK SECRET",
        "# TOP  SECRET",
        "TOP SECRET // UK EYES ONLY",
        "[SECRET]",
    ],
)
def test_text_that_carries_the_marking_of_a_state_secret_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="must not be put into Exchange"):
        refuse_state_secrets(text)


@pytest.mark.parametrize(
    "text", ["The Secret Service advised us.", "Top secret ballots", "NOT SECRET AT ALL", "secret", ""]
)
def test_words_about_secrets_are_not_markings(text: str) -> None:
    refuse_state_secrets(text)

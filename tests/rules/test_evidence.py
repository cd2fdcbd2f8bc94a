"""What shows that something was done: a link or a sentence."""

import pytest

from exchange.errors import InvalidInput
from exchange.rules.evidence import checked_evidence, checked_link_or_sentence
from exchange.rules.typed_links import LINK_MAX, is_link

LINK = "https://files.example.org/minutes?page=2"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (LINK, True),
        ("http://files.example.org", False),
        ("https://", False),
        ("https:///minutes", False),
        ("https://files.example.org/a b", False),
        ("https://[::1", False),
        ("javascript:alert(1)", False),
        ("", False),
        ("https://somebody@files.example.org", False),
        (LINK.ljust(LINK_MAX + 1, "x"), False),
    ],
)
def test_only_an_encrypted_address_without_space_is_a_link(text: str, holds: bool) -> None:
    assert is_link(text) is holds


def test_evidence_of_a_milestone_is_a_link() -> None:
    assert checked_evidence(f" {LINK} ") == LINK
    with pytest.raises(InvalidInput, match="Give a link") as refused:
        checked_evidence("It was held.")
    assert refused.value.field == "evidence"


@pytest.mark.parametrize("text", [LINK, "The list hangs in the control room.", "Done, see the minutes"])
def test_evidence_of_an_action_is_a_link_or_a_sentence(text: str) -> None:
    assert checked_link_or_sentence(f" {text} ") == text


@pytest.mark.parametrize("text", ["", "yes", "http://files.example.org", "ftp://files.example.org and more"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="Say what shows it"):
        checked_link_or_sentence(text)

"""The placeholder language: what it fills, what it leaves out, and where it says a text is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.letters.placeholders import faults_of, filled, paragraphs_of, pieces_of, spoken

KNOWN, BLOCKS = ("title", "due_day", "link"), ("meeting",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your answer on {titel} is due", [(1, 16, "Did you mean {title}?")]),
        ("One\n\nTwo {nothing_like_it} three", [(3, 5, "no placeholder {nothing_like_it}")]),
        ("{title} and {x\n} }", [(1, 13, "single brace"), (2, 1, "single brace"), (2, 3, "single brace")]),
        ("See {meeting} now", [(1, 5, "a line by itself")]),
        ("Before\r\n\r\n{meeting}\r\n\r\nafter {title}", []),
        ("Braces {{title}} stay", []),
        ("{{{title}}}", []),
        (
            "{title.__class__} {7*7} {{% if x %}}",
            [(1, 1, "single"), (1, 17, "single"), (1, 19, "single"), (1, 23, "single")],
        ),
        ("", []),
    ],
)
def test_faults_say_line_column_and_what_is_wrong(text: str, said: list[tuple[int, int, str]]) -> None:
    found = faults_of(text, KNOWN, BLOCKS)
    assert [(fault.line, fault.column) for fault in found] == [(line, column) for line, column, _ in said]
    for fault, (_, _, words) in zip(found, said, strict=True):
        assert words in fault.sentence.text


def test_a_paragraph_with_a_placeholder_that_is_empty_is_left_out() -> None:
    paragraphs = paragraphs_of("On {title}.\n\n\nDue: {due_day}\nSee {link}\n \nThank you.")
    kept = spoken(paragraphs, {"title": "drones", "due_day": "Friday", "link": ""})
    assert [filled(pieces, {"title": "drones"}) for pieces in kept] == ["On drones.", "Thank you."]


def test_values_are_never_read_as_placeholders_again() -> None:
    pieces = list(pieces_of("{title}: {{link}}"))
    assert filled(pieces, {"title": "{link}", "link": "secret"}) == "{link}: {link}"


@given(st.text(max_size=60))
def test_text_without_braces_says_itself(text: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert filled(list(pieces_of(plain)), {}) == plain
    assert faults_of(plain, ()) == []


@given(st.text(alphabet="{}ab \n", max_size=30))
def test_any_text_is_read_without_an_exception_and_a_right_one_keeps_no_stray_brace(text: str) -> None:
    wrong = faults_of(text, ("a",))
    assert all(fault.line >= 1 and fault.column >= 1 for fault in wrong)
    assert isinstance(filled(list(pieces_of(text)), {"a": "1"}), str)

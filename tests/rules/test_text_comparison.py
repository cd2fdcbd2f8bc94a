import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.text_comparison import Line, all_lines, compared

LONGEST = 60_000  # characters of a product's text
SECONDS = 1.0  # far more than the tenth of a second that each takes, for busy machines

CHANCE = random.Random(5)
HARD = {
    "all lines unlike": (
        "\n".join(f"before {n}" for n in range(5_000)),
        "\n".join(f"after {n}" for n in range(5_000)),
    ),
    "nearly alike lines, shuffled": (
        "\n".join(f"The plan of the city, part {n}, was read." for n in range(1_200)),
        "\n".join(f"The plan of the city, part {n}; was read." for n in reversed(range(1_200))),
    ),
    "one huge line": ("x " * (LONGEST // 2), "y " * (LONGEST // 2)),
    "one line again and again": ("\n" * (LONGEST - 1), "a" + "\n" * (LONGEST - 2)),
    "few lines in any order": (
        "".join(CHANCE.choice("a\n") for _ in range(LONGEST)),
        "".join(CHANCE.choice("a\n") for _ in range(LONGEST)),
    ),
    "the most pairs looked at": (
        "\n".join(CHANCE.choice("abc") for _ in range(8_000)),
        "\n".join(CHANCE.choice("abc") for _ in range(8_000)),
    ),
}

LINES = st.sampled_from(["", "a", "b", "a longer line", "\u2028", "\x0c"])
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


def rebuilt(lines: list[Line], without: str) -> str:
    return "\n".join(line.text for line in lines if line.kind != without)


@given(TEXTS | st.text(), TEXTS | st.text())
def test_both_texts_can_be_rebuilt_from_their_comparison(before: str, after: str) -> None:
    lines = all_lines(before, after)
    assert (rebuilt(lines, "added"), rebuilt(lines, "removed")) == (before, after)


@pytest.mark.parametrize("name", HARD)
def test_any_two_long_texts_are_compared_at_once(name: str) -> None:
    """14 kB of unlike lines took 42 seconds, during which nobody else was answered."""
    before, after = (text[:LONGEST] for text in HARD[name])
    started = time.perf_counter()
    lines = all_lines(before, after)
    assert time.perf_counter() - started < SECONDS
    assert (rebuilt(lines, "added"), rebuilt(lines, "removed")) == (before, after)


def test_a_line_moved_by_one_leaves_the_others_as_they_are() -> None:
    found = compared("one\ntwo\nthree\nfour", "two\none\nthree\nfour")
    assert sum(line.kind == "added" for line in found) == sum(line.kind == "removed" for line in found) == 1

"""Positions as people write them."""

import pytest

from exchange.errors import InvalidInput
from exchange.network.coordinates import parse_position, position_text


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("59.33, 18.07", (59.33, 18.07)),
        (" -33.87;151.21 ", (-33.87, 151.21)),
        ("+90,-180", (90.0, -180.0)),
        ("", None),
        ("  ", None),
    ],
)
def test_position_is_read(text: str, position: tuple[float, float] | None) -> None:
    assert parse_position(text) == position


@pytest.mark.parametrize(
    "text", ["90.1, 0", "0, 181", "59.33", "59,33, 18,07", "north", "1e1, 2", "NaN, 1", "٥٩, ١٨"]
)
def test_what_is_no_position_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a position") as refused:
        parse_position(text)
    assert refused.value.field == "position"


@pytest.mark.parametrize("text", ["59.33, 18.07", "-36.85, 174.76", ""])
def test_position_is_written_as_it_is_read(text: str) -> None:
    assert position_text(*(parse_position(text) or (None, None))) == text

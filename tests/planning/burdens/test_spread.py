"""How far apart cities are in what they bear."""

import pytest
from flask.testing import FlaskClient

from exchange.planning.burdens.spread import spread_of
from tests.pages import text_of


@pytest.mark.parametrize(
    ("points", "spread"), [([], 0.0), ([7], 0.0), ([3, 3, 3], 0.0), ([0, 10], 5.0), ([0, 0, 9], 4.0)]
)
def test_spread_is_the_mean_distance_from_the_mean(points: list[int], spread: float) -> None:
    assert spread_of(points) == spread


def test_fairness_page_says_how_evenly_the_hours_are_shared(coordinator: FlaskClient) -> None:
    assert "a city bears 0.0 points and is 0.0 from that" in text_of(coordinator.get("/fairness"))

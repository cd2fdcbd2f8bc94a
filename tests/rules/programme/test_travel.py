"""The tally of a year's travel."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.programme.travel import travel_year

WAYS = st.sampled_from(["train", "plane", "car", "other"])


@given(st.lists(st.tuples(WAYS, st.integers(1, 500))), st.integers(0, 500), st.integers(0, 500))
def test_no_journey_is_lost_and_the_share_is_of_all(
    journeys: list[tuple[str, int]], in_person: int, remote: int
) -> None:
    found = travel_year(2027, ["hybrid", "hybrid"], journeys, in_person=in_person, remote=remote)
    assert found.travellers == sum(people for _, people in journeys)
    assert found.events == {"hybrid": 2}
    if in_person + remote:
        assert found.share_remote is not None
        assert 0 <= found.share_remote <= 100
    else:
        assert found.share_remote is None


def test_the_share_of_who_took_part_from_elsewhere() -> None:
    assert travel_year(2027, [], [], in_person=30, remote=10).share_remote == 25

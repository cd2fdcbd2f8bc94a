"""Who may be shown what, cell by cell of the table of audiences."""

from itertools import pairwise

import pytest

from exchange.rules.access.rings import Ring, Showing, carried
from exchange.rules.markings.tlp_labels import Marking, rank

ALL = {"title", "place", "description", "link", "portal"}
NOTHING: set[str] | None = None


def shown(marking: str | None, ring: Ring) -> set[str] | None:
    found = carried(marking, ring)
    return None if found is None else {name for name, value in vars(found).items() if value}


@pytest.mark.parametrize(
    ("marking", "public", "city", "person", "letter"),
    [
        ("TLP:CLEAR", ALL, ALL, ALL, ALL),
        (
            "TLP:GREEN",
            NOTHING,
            {"title", "link"},
            {"title", "link", "description", "portal"},
            ALL,
        ),
        ("TLP:AMBER", NOTHING, set(), {"title", "portal"}, {"title", "portal"}),
        ("TLP:AMBER+STRICT", NOTHING, set(), {"title", "portal"}, {"title", "portal"}),
        ("TLP:RED", NOTHING, NOTHING, {"busy_only"}, {"portal"}),
    ],
)
def test_invited_reader_is_shown_what_the_table_says(
    marking: str,
    public: set[str] | None,
    city: set[str] | None,
    person: set[str] | None,
    letter: set[str] | None,
) -> None:
    assert shown(marking, Ring.PUBLIC) == public
    assert shown(marking, Ring.CITY) == city
    assert shown(marking, Ring.GROUP) == city
    assert shown(marking, Ring.PERSON) == person
    assert shown(marking, Ring.LETTER) == letter


@pytest.mark.parametrize("marking", list(Marking))
def test_page_behind_sign_in_holds_everything_for_those_who_take_part(marking: Marking) -> None:
    assert shown(marking, Ring.PAGE) == ALL


@pytest.mark.parametrize("ring", list(Ring))
@pytest.mark.parametrize("marking", [None, "", "TLP:", "TLP:WHITE", "clear", "nonsense"])
def test_empty_or_unknown_marking_denies_everywhere(ring: Ring, marking: str | None) -> None:
    assert carried(marking, ring) is None


def test_a_citys_feed_carries_of_an_amber_event_its_time_alone() -> None:
    assert carried("TLP:AMBER", Ring.CITY) == Showing()


@pytest.mark.parametrize("ring", list(Ring))
def test_higher_marking_never_shows_more(ring: Ring) -> None:
    in_order = sorted(Marking, key=rank)
    told = [(shown(marking, ring) or set()) - {"busy_only", "portal"} for marking in in_order]
    assert all(after <= before for before, after in pairwise(told))

"""Who may be shown what, cell by cell of the table of audiences."""

from itertools import pairwise

import pytest

from exchange.rules.markings import Marking, rank
from exchange.rules.rings import Ring, Showing, showing

ALL = {"title", "place", "description", "link", "portal"}
NOTHING: set[str] | None = None


def shown(marking: str | None, ring: Ring, *, is_invited: bool = True) -> set[str] | None:
    found = showing(marking, ring, is_invited=is_invited)
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
@pytest.mark.parametrize("is_invited", [True, False])
def test_empty_or_unknown_marking_denies_everywhere(
    ring: Ring, marking: str | None, is_invited: bool
) -> None:
    assert showing(marking, ring, is_invited=is_invited) is None


@pytest.mark.parametrize("ring", list(Ring))
@pytest.mark.parametrize("marking", [Marking.AMBER_STRICT, Marking.RED])
def test_need_to_know_is_for_the_invited_alone(ring: Ring, marking: Marking) -> None:
    assert showing(marking, ring, is_invited=False) is None


def test_uninvited_city_knows_of_an_amber_event_but_not_what_it_is() -> None:
    assert showing("TLP:AMBER", Ring.CITY, is_invited=False) == Showing()


@pytest.mark.parametrize("ring", list(Ring))
def test_higher_marking_never_shows_more(ring: Ring) -> None:
    in_order = sorted(Marking, key=rank)
    told = [(shown(marking, ring) or set()) - {"busy_only", "portal"} for marking in in_order]
    assert all(after <= before for before, after in pairwise(told))

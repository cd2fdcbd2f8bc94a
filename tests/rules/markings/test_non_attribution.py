"""Names of who spoke, found however they are written; other words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.markings.non_attribution import Spoken, unattributed

SPOKEN = Spoken(
    people=["Åsa Öberg", "Tom Baker-Lane", "Li Na", "May West"],
    places=["New York", "Stockholm", "Zürich", "Washington DC"],
    groups=["Hostile drones", "Medical care"],
    topics=["Hostile drones over crowds"],
)
clean = unattributed(SPOKEN, withheld="(withheld)")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Åsa Öberg spoke.", "(withheld) spoke."),
        ("asa  oberg spoke.", "(withheld) spoke."),
        ("ÅSA said", "(withheld) said"),
        ("A\u030asa said", "(withheld) said"),
        ("&Aring;sa and S&shy;tockholm", "(withheld) and (withheld)"),
        ("St\u00adockholm", "(withheld)"),
        ("&amp;Aring;sa and &amp;amp;#197;sa", "(withheld) and (withheld)"),
        ("Tom **Baker**-Lane’s", "(withheld)’s"),
        ("Åsas bror, Lane", "(withheld) bror, (withheld)"),
        (
            "Stockholms län, New\nYorkers, Zurich, washington, dc",
            "(withheld) län, (withheld), (withheld), (withheld)",
        ),
        ("in Washington", "in (withheld)"),
        ("Medical care and Hostile drones", "(withheld) and Hostile drones"),
        ("[plan](https://a.example.org/b?c#d) <mailto:x@y.example>", "[plan]((withheld)) <(withheld)>"),
        ("a.b@c.example, www.d.example/e.", "(withheld) (withheld)"),
        ("A new lane, west of town, may yorker", "A new lane, west of town, may yorker"),
        ("Lizards, Nairobi", "Lizards, Nairobi"),
        ("", ""),
    ],
)
def test_every_way_of_writing_a_name_is_withheld_and_nothing_else(text: str, said: str) -> None:
    assert clean(text) == said


def test_without_names_only_addresses_go() -> None:
    assert unattributed(Spoken([], []), withheld="-")("Åsa: https://a.example.org") == "Åsa: -"


@given(st.text(max_size=40), st.sampled_from([*SPOKEN.people, *SPOKEN.places]), st.text(max_size=40))
def test_no_name_between_spaces_outlives_whatever_stands_around_it(
    before: str, name: str, after: str
) -> None:
    assert name.casefold() not in clean(f"{before} {name} {after}").casefold()


@given(st.text(max_size=200))
def test_what_was_cleaned_once_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once.replace("&", "")) == once.replace("&", "")

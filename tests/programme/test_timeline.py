"""The pictures of a year, as values: what stands where, and that nothing falls out or lies on another."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.models import Publication
from exchange.programme.svg_shapes import Box, Item, Line, Part, Picture, Text, abbreviation, wrapped
from exchange.programme.tall_timeline import tall_timeline
from exchange.programme.timeline import lanes_of, timeline
from exchange.programme.year import Year
from tests.programme.years import PlainWords, a_cycle, a_training, a_year

WORDS = PlainWords()
TODAY = date(2027, 3, 1)
Draw = Callable[[Year, date, PlainWords], Picture]
PICTURES: list[Draw] = [timeline, tall_timeline]
C1, C2 = date(2027, 1, 11), date(2027, 3, 8)


def parts_of(picture: Picture) -> Iterator[Part]:
    yield from picture.ground
    for item in picture.items:
        yield from item.parts
    yield from picture.front


def boxes(item: Item, css: str) -> list[Box]:
    return [part for part in item.parts if isinstance(part, Box) and css in part.css.split()]


def test_stages_tile_the_band_without_gap_or_overlap() -> None:
    picture = timeline(a_year(cycles=[a_cycle(C1)]), TODAY, WORDS)
    stages = boxes(picture.items[0], "tl-stage")
    (band,) = boxes(picture.items[0], "tl-band")
    assert len(stages) == 8
    assert stages[0].x == band.x
    for before, after in pairwise(stages):
        assert before.x + before.width == pytest.approx(after.x, abs=0.11)
    assert stages[-1].x + stages[-1].width == pytest.approx(band.x + band.width, abs=0.11)


def test_cycles_in_a_row_share_a_lane_and_overlapping_ones_do_not() -> None:
    in_a_row = [a_cycle(C1, 1), a_cycle(C2, 2)]
    assert len(lanes_of(in_a_row)) == 1
    assert [[c.key for c in lane] for lane in lanes_of([*in_a_row, a_cycle(date(2027, 2, 1), 3)])] == [
        ["cycle-1", "cycle-2"],
        ["cycle-3"],
    ]


@pytest.mark.parametrize("draw", PICTURES)
def test_every_item_links_to_its_page_and_says_what_it_is(draw: Draw) -> None:
    year = a_year(cycles=[a_cycle(C1)], trainings=[a_training(date(2027, 1, 14))])
    items = {item.key: item for item in draw(year, TODAY, WORDS).items}
    assert items["cycle-1"].href == "/cycles/1"
    assert items["training-1"].href == "/trainings/1"
    assert all(item.title for item in items.values())


@pytest.mark.parametrize("draw", PICTURES)
def test_drafts_and_what_was_called_off_are_drawn_apart(draw: Draw) -> None:
    year = a_year(
        cycles=[a_cycle(C1, publication=Publication.DRAFT)],
        trainings=[a_training(date(2027, 1, 14), publication=Publication.CANCELLED)],
    )
    css = {item.key: item.css for item in draw(year, TODAY, WORDS).items}
    assert css == {"cycle-1": "tl-cycle is-draft", "training-1": "tl-training is-cancelled"}


@pytest.mark.parametrize("draw", PICTURES)
def test_today_is_drawn_in_its_own_year_only(draw: Draw) -> None:
    assert [part.css for part in draw(a_year(), TODAY, WORDS).front if isinstance(part, Line)] == ["tl-today"]
    assert draw(a_year(), date(2026, 11, 22), WORDS).front == ()


def test_gaps_between_events_are_numbered_and_those_out_of_rhythm_marked() -> None:
    days = [date(2027, 1, 14), date(2027, 2, 11), date(2027, 4, 1)]
    year = a_year(trainings=[a_training(on, n) for n, on in enumerate(days)])
    gaps = [p for p in timeline(year, TODAY, WORDS).ground if isinstance(p, Text) and "tl-gap" in p.css]
    assert [(gap.text, gap.css) for gap in gaps] == [("28", "tl-gap"), ("49", "tl-gap tl-gap-off")]


def test_cancelled_event_leaves_the_rhythm() -> None:
    days = [date(2027, 1, 14), date(2027, 2, 11), date(2027, 3, 11)]
    events = [a_training(on, n) for n, on in enumerate(days)]
    events[1] = a_training(days[1], 1, publication=Publication.CANCELLED)
    ground = timeline(a_year(trainings=events), TODAY, WORDS).ground
    assert [p.text for p in ground if isinstance(p, Text) and "tl-gap" in p.css] == ["56"]


@given(days=st.lists(st.integers(0, 364), max_size=20), start_weeks=st.lists(st.integers(-8, 52), max_size=8))
@pytest.mark.parametrize("draw", PICTURES)
def test_nothing_is_drawn_outside_the_picture(draw: Draw, days: list[int], start_weeks: list[int]) -> None:
    first = date(2027, 1, 1)
    year = a_year(
        cycles=[a_cycle(date(2027, 1, 4) + timedelta(weeks=w), n) for n, w in enumerate(start_weeks)],
        trainings=[a_training(first + timedelta(days=d), n) for n, d in enumerate(sorted(days))],
    )
    picture = draw(year, TODAY, WORDS)
    for part in parts_of(picture):
        if isinstance(part, Box):
            assert part.width >= 0
            assert part.height >= 0
            assert part.x + part.width <= picture.width + 0.2
            assert part.y + part.height <= picture.height + 0.2
        elif isinstance(part, Text):
            assert 0 <= part.x <= picture.width
            assert 0 <= part.y <= picture.height + 0.2


def test_labels_of_the_tall_picture_never_lie_on_one_another() -> None:
    days = [date(2027, 5, 4) + timedelta(days=n) for n in range(6)]
    year = a_year(
        cycles=[a_cycle(date(2027, 5, 3))], trainings=[a_training(d, n) for n, d in enumerate(days)]
    )
    lines = [
        part.y
        for item in tall_timeline(year, TODAY, WORDS).items
        for part in item.parts
        if isinstance(part, Text) and "tl-abbreviation" not in part.css
    ]
    heights = sorted(lines)
    assert min(after - before for before, after in pairwise(heights)) >= 13


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Launch", "La"), ("Gather closes", "Gc"), ("Publish and close", "Pc"), ("", ""), ("X", "X")],
)
def test_abbreviation_of_a_stage(name: str, expected: str) -> None:
    assert abbreviation(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short", ["Short"]),
        ("Hostile drones in urban areas", ["Hostile drones", "in urban areas"]),
        ("one two three four five six seven eight", ["one two three", "four five six…"]),
        ("Unbreakablewordwithoutend", ["Unbreakablewordw…"]),
    ],
)
def test_long_titles_are_wrapped_and_end_in_an_ellipsis(text: str, expected: list[str]) -> None:
    assert wrapped(text, 14, 2) == expected


def test_titles_keep_to_the_bands_that_the_year_cuts_short() -> None:
    """The title of an exchange of which three weeks lie in January ran over the one that follows."""
    first = a_cycle(date(2026, 11, 30), title="Exchange 1")
    second = a_cycle(date(2027, 1, 25), 2, title="Exchange 2")
    sliver = a_cycle(date(2027, 12, 27), 3, title="Exchange 3")
    picture = timeline(a_year(cycles=[first, second, sliver]), TODAY, WORDS)
    titles = [
        [part.text for part in item.parts if isinstance(part, Text) and part.css == "tl-title"]
        for item in picture.items
    ]
    assert titles == [["Exchange", "1"], ["Exchange 2"], []]

"""Tables of results against somebody who has all that was ever shown, and works with exact arithmetic."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.rules.results.small_groups import (
    Group,
    Picture,
    Voice,
    column_total,
    grand_total,
    is_small,
    may_follow,
    people_in,
    picture_of,
    row_total,
    told_apart,
)


def group(*organisations: str | None, start: int = 0) -> Group:
    return frozenset(
        Voice(number, number, organisation) for number, organisation in enumerate(organisations, start)
    )


# -------------------------------------------------------------------------------- single tables, by hand


@pytest.mark.parametrize(
    ("organisations", "small"),
    [
        ((), True),
        (("police", "fire", "police", "fire"), True),
        (("police", "fire", "police", "fire", "fire"), False),
        (("police",) * 9, True),
        (("police",) * 9 + (None,), True),
        (("police", "fire") + (None,) * 3, False),
    ],
)
def test_a_group_is_small_under_five_people_or_two_known_organisations(
    organisations: tuple[str | None, ...], small: bool
) -> None:
    assert is_small(group(*organisations)) is small


def test_a_person_who_answers_twice_is_one_person() -> None:
    voices = frozenset(Voice(number, number // 2, number % 3) for number in range(8))
    assert people_in(voices) == 4
    assert is_small(voices)


def test_a_total_leaves_out_one_small_row_so_that_nothing_can_be_taken_from_it() -> None:
    table = {
        ("Alba", "t"): group(*["a", "b"] * 3),
        ("Brink", "t"): group("a", "b", "b", start=10),
    }
    picture = picture_of(table)
    assert picture.hidden == {("Brink", "t")}
    assert not picture.together
    assert people_in(column_total(picture, "t")) == 6
    assert not row_total(picture, "Brink")


def test_small_rows_speak_together_where_they_are_many_enough() -> None:
    table = {
        ("Alba", "t"): group(*["a", "b"] * 3),
        ("Brink", "t"): group("a", "b", "b", start=10),
        ("Corve", "t"): group("a", "a", start=20),
    }
    picture = picture_of(table)
    assert people_in(picture.together["t"]) == 5
    assert people_in(column_total(picture, "t")) == people_in(grand_total(picture)) == 11


def test_a_cell_without_answers_is_neither_shown_nor_hidden() -> None:
    picture = picture_of({("Alba", "t"): frozenset()})
    assert not picture.cells
    assert not picture.hidden


def test_one_late_answer_leaves_the_picture_as_it_was_and_five_renew_it() -> None:
    first = group(*["a", "b"] * 3)
    before = picture_of({("Alba", "t"): first})
    one_more = picture_of({("Alba", "t"): first | group("a", start=10)})
    five_more = picture_of({("Alba", "t"): first | group("a", "b", "a", "b", "a", start=10)})
    assert not may_follow([before], one_more)
    assert may_follow([before], five_more)
    assert may_follow([before], before)


def test_a_changed_answer_alone_does_not_renew_the_picture() -> None:
    first = sorted(group(*["a", "b"] * 3), key=lambda voice: str(voice.person))
    changed = frozenset([*first[1:], Voice("again", first[0].person, first[0].organisation)])
    assert not may_follow(
        [picture_of({("Alba", "t"): frozenset(first)})], picture_of({("Alba", "t"): changed})
    )


def test_a_row_that_grew_out_of_the_small_ones_is_not_shown_when_its_old_size_would_follow() -> None:
    small, others = group("a", "b", "a", "b"), group("a", "b", "c", start=10)
    before = picture_of({("Alba", "t"): small, ("Brink", "t"): others})
    after = picture_of({("Alba", "t"): small | group("c", start=20), ("Brink", "t"): others})
    assert before.together
    assert not may_follow([before], after)


# ------------------------------------------------------------------------------------- the attacker


class Span:
    """All that follows by exact arithmetic from shown totals: the span of the shown groups."""

    def __init__(self, shown: Iterable[Group]) -> None:
        groups = list(dict.fromkeys(one for one in shown if one))
        self.voices: Sequence[Voice] = sorted(
            {voice for one in groups for voice in one}, key=lambda voice: str(voice.answer)
        )
        self.columns = {voice: tuple(voice in one for one in groups) for voice in self.voices}
        self.rows: list[list[Fraction]] = []
        for one in groups:
            self._add([Fraction(voice in one) for voice in self.voices])

    def _reduced(self, vector: list[Fraction]) -> list[Fraction]:
        for row in self.rows:
            pivot = next(i for i, value in enumerate(row) if value)
            if vector[pivot]:
                factor = vector[pivot] / row[pivot]
                vector = [value - factor * other for value, other in zip(vector, row, strict=True)]
        return vector

    def _add(self, vector: list[Fraction]) -> None:
        rest = self._reduced(vector)
        if any(rest):
            self.rows.append(rest)

    def tells(self, wanted: Group) -> bool:
        """Whether the sum of any figure over this group follows from what was shown."""
        if not wanted <= set(self.voices):
            return False
        columns = {self.columns[voice] for voice in wanted}
        if any(self.columns[voice] in columns for voice in self.voices if voice not in wanted):
            return False  # equal columns have equal numbers in every combination of rows
        return not any(self._reduced([Fraction(voice in wanted) for voice in self.voices]))


Table = dict[tuple[str, str], Group]
Shown = Picture[str, str]
ROWS, COLUMNS = ("Alba", "Brink", "Corve", "Dunmore"), ("t1", "t2")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    table: Table = {}
    for row in ROWS:
        people = draw(st.lists(st.sampled_from("abc"), max_size=8))
        for column in COLUMNS:
            stays = draw(st.lists(st.booleans(), min_size=len(people), max_size=len(people)))
            table[row, column] = frozenset(
                Voice(f"{row} {number} {column}", f"{row} {number}", organisation)
                for number, organisation in enumerate(people)
                if stays[number] or number % 3
            )
    return table


@st.composite
def later(draw: st.DrawFn, table: Table) -> Table:
    """The table some time after: some more people, some changed and some withdrawn answers."""
    new: Table = {}
    for (row, column), before in table.items():
        more = draw(st.lists(st.sampled_from("abc"), max_size=6)) if draw(st.booleans()) else []
        gone = draw(st.sets(st.sampled_from(sorted(before, key=str)), max_size=2)) if before else set()
        changed = draw(st.booleans())
        again = {Voice(f"{voice.answer} again", voice.person, voice.organisation) for voice in gone}
        came = {
            Voice(f"{row} late {number} {column}", f"{row} late {number}", organisation)
            for number, organisation in enumerate(more)
        }
        new[row, column] = (before - gone) | came | (again if changed else set())
    return new


def shown_sums(picture: Shown) -> list[Group]:
    """Everything of which a page or an export shows a figure, totals too."""
    return [
        *(one for _column, one in picture.groups()),
        *(column_total(picture, column) for column in COLUMNS),
        *(row_total(picture, row) for row in ROWS),
        grand_total(picture),
    ]


def small_groups_of(tables_seen: list[Table]) -> Iterable[Group]:
    """What an attacker would like to know: people, pairs, hidden cells, who came or went."""
    voices = sorted({voice for table in tables_seen for one in table.values() for voice in one}, key=str)
    for size in (1, 2):
        yield from map(frozenset, combinations(voices, size))
    for table in tables_seen:
        hidden = [one for one in table.values() if one and is_small(one)]
        for size in range(1, min(len(hidden), 4) + 1):
            for some in combinations(hidden, size):
                yield frozenset().union(*some)
    for one, other in combinations(tables_seen, 2):
        for place in one:
            yield one[place] - other[place]
            yield other[place] - one[place]
            yield one[place] ^ other[place]


def assert_nothing_small_follows(pictures: list[Shown], tables_seen: list[Table]) -> None:
    span = Span(one for picture in pictures for one in shown_sums(picture))
    for wanted in small_groups_of(tables_seen):
        if wanted and is_small(wanted):
            assert not span.tells(wanted), wanted


@settings(max_examples=30, deadline=None)
@given(tables())
def test_nothing_about_a_small_group_follows_from_cells_and_totals(table: Table) -> None:
    picture = picture_of(table)
    assert_nothing_small_follows([picture], [table])
    shown = grand_total(picture)
    for place in picture.hidden:
        column_shown = picture.together.get(place[1], frozenset())
        assert table[place] <= column_shown or not table[place] & shown


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_nothing_about_a_small_group_follows_from_two_pictures_of_one_round(data: st.DataObject) -> None:
    """A round that is closed, opened again and closed: the second picture is shown only if it may follow."""
    seen = [data.draw(tables())]
    pictures = [picture_of(seen[0])]
    for _ in range(2):
        seen.append(data.draw(later(seen[-1])))
        new = picture_of(seen[-1])
        if may_follow(pictures, new):
            pictures.append(new)
    assert_nothing_small_follows(pictures, seen)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_what_can_be_told_apart_is_large_in_every_single_picture(data: st.DataObject) -> None:
    picture = picture_of(data.draw(tables()))
    apart = told_apart([picture])
    assert not any(map(is_small, apart))
    assert frozenset().union(*apart) == grand_total(picture)
    assert may_follow([], picture)


def test_the_attacker_finds_what_a_careless_total_gives_away() -> None:
    """The attacker of this file is no straw man: a total over everybody tells the hidden row."""
    large, small = group(*["a", "b"] * 3), group("a", "b", start=10)
    assert Span([large, large | small]).tells(small)

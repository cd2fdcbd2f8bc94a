"""Sections as values: they come out of storage as they went in, and spans hold together."""

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import NotFound
from exchange.figures.bars import MOST, largest
from exchange.figures.periods import periods_of
from exchange.figures.section import Bar, Chart, Section, closest, is_within, read_stored, stored
from exchange.figures.span import QUARTERS, Span
from exchange.rules.markings.tlp_labels import Marking, rank

words = st.text(max_size=20)
charts = st.builds(
    Chart,
    title=words,
    bars=st.lists(st.builds(Bar, name=words, value=st.integers(0, 999)), max_size=3).map(tuple),
    line=st.none() | st.tuples(st.floats(0, 99), words),
)


@st.composite
def sections(draw: st.DrawFn) -> Section:
    columns = draw(st.lists(words, max_size=4).map(tuple))
    rows = draw(st.lists(st.tuples(*(words for _ in columns)), max_size=4).map(tuple))
    return Section(
        key=draw(words),
        title=draw(words),
        sentence=draw(words),
        columns=columns,
        rows=rows,
        numbers=draw(st.frozensets(st.integers(0, 5))),
        charts=draw(st.lists(charts, max_size=2).map(tuple)),
        note=draw(words),
        marking=draw(st.sampled_from(Marking)),
    )


@given(st.lists(sections(), max_size=4))
def test_what_is_stored_is_read_as_it_was(made: list[Section]) -> None:
    assert read_stored(json.loads(json.dumps(stored(made)))) == made


@given(sections(), st.sampled_from(Marking))
def test_a_document_holds_what_is_held_no_closer_than_itself(one: Section, marking: Marking) -> None:
    assert is_within(one, marking) == (rank(one.marking) <= rank(marking))
    assert is_within(one, closest([one.marking], at_least=marking))


def test_a_row_that_does_not_fit_is_a_fault() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Section("key", "Title", "Sentence", columns=("One",), rows=(("a", "b"),))


@given(st.integers(2000, 2100))
def test_the_quarters_of_a_year_are_its_days(year: int) -> None:
    spans = [Span(year, number) for number in QUARTERS]
    assert (spans[0].first, spans[-1].last) == (Span(year).first, Span(year).last)
    assert [one.last + timedelta(days=1) for one in spans[:-1]] == [one.first for one in spans[1:]]


@pytest.mark.parametrize("quarter", [None, *QUARTERS])
def test_the_periods_of_a_span_are_its_days(app: Flask, quarter: int | None) -> None:
    span = Span(2028, quarter)
    with app.test_request_context():
        periods = periods_of(span)
    days = [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]
    assert [sum(one.has(on) for one in periods) for on in days] == [1] * len(days)
    assert not any(one.has(date(2027, 12, 31)) for one in periods)


@pytest.mark.parametrize(("year", "quarter"), [(1999, None), (2101, None), (2027, 0), (2027, 5)])
def test_a_span_that_no_page_has_is_refused(year: int, quarter: int | None) -> None:
    with pytest.raises(NotFound):
        Span(year, quarter)


def test_a_picture_has_the_largest_and_says_of_how_many(app: Flask) -> None:
    bars = [Bar(f"City {n:02}", n) for n in range(31)]
    with app.test_request_context():
        (chart,) = largest("Points", bars)
        assert chart.title == f"Points: the {MOST} largest of 30"
        assert [bar.value for bar in chart.bars] == list(range(30, 30 - MOST, -1))
        assert largest("Points", [Bar("City", 0)]) == ()

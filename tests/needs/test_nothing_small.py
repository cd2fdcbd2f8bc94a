"""Who has every page and file of two rounds, and of one closed twice, knows nothing about a few people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.models import City, NeedsRound, NeedsRoundTheme
from exchange.needs.given_answers import GivenAnswers
from exchange.needs.results import CityRow, ShownRound
from exchange.rules.needs.round_results import RoundResults, Shown, picture_of_answers, round_results
from exchange.rules.needs.scores import NeedAnswer
from exchange.rules.results.small_groups import may_follow, people_in
from exchange.transfer.export_tables import table_of_needs
from tests.rules.needs.test_round_results import rounds

CITIES, THEMES = (1, 2, 3, 4), (1, 2)


def file_of(results: RoundResults, previous: RoundResults | None) -> list[Sequence[str]]:
    """The rows of the file that a reader takes along."""
    found = NeedsRound(
        year=2027,
        opens_on=date(2027, 9, 1),
        closes_on=date(2027, 10, 1),
        city_id=1,
        created_at=datetime(2027, 8, 1, tzinfo=UTC),
        cities=[City(id=one, name=f"City {one}") for one in CITIES],
        themes=[NeedsRoundTheme(theme_id=one, position=one, name=f"Theme {one}") for one in THEMES],
    )
    rows = [
        CityRow(f"City {city}", False, [results.cells.get((city, one)) for one in THEMES]) for city in CITIES
    ]
    year = 2026 if previous else None
    shown = ShownRound(found, found.created_at, GivenAnswers([]), results, rows, previous, year)
    return list(table_of_needs(shown).rows)


def with_others_unshown(
    answers: Sequence[NeedAnswer], pictures: Sequence[Shown], data: st.DataObject
) -> list[NeedAnswer]:
    """The same round, where everybody of whom nothing was ever shown said something else."""
    shown = {(column, voice) for one in pictures for column, group in one.groups() for voice in group}
    return [
        one
        if (one.theme, one.voice) in shown
        else replace(one, importance=data.draw(st.integers(1, 5)), confidence=data.draw(st.integers(1, 5)))
        for one in answers
    ]


@settings(max_examples=40, deadline=None)
@given(rounds(), rounds(), st.data())
def test_files_of_two_rounds_say_nothing_of_who_is_shown_in_neither(
    first: list[NeedAnswer], second: list[NeedAnswer], data: st.DataObject
) -> None:
    before, after = round_results(first), round_results(second)
    files = file_of(before, None), file_of(after, before)
    other_first = round_results(with_others_unshown(first, [before.picture], data))
    other_second = round_results(with_others_unshown(second, [after.picture], data))
    assert (file_of(other_first, None), file_of(other_second, other_first)) == files
    for row in (*files[0], *files[1]):
        assert int(row[2]) >= 5, row


@settings(max_examples=40, deadline=None)
@given(rounds(), rounds(), st.data())
def test_closing_again_shows_no_difference_of_a_few_people(
    first: list[NeedAnswer], more: list[NeedAnswer], data: st.DataObject
) -> None:
    """The difference of two pictures of one round is nothing, or five people or more in each cell."""
    late = [
        replace(
            one,
            voice=replace(one.voice, answer=("late", one.voice.answer), person=("late", one.voice.person)),
        )
        for one in more
        if data.draw(st.booleans())
    ]
    before = picture_of_answers(first)
    after = picture_of_answers([*first, *late])
    if not may_follow([before], after):
        return
    for place, group in after.cells.items():
        was = before.cells.get(place, frozenset())
        for difference in (group - was, was - group):
            assert not difference or people_in(difference) >= 5

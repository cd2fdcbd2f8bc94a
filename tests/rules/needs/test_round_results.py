from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.rules.needs.round_results import RoundResults, network_score, round_results
from exchange.rules.needs.scores import LastExercised, NeedAnswer
from tests.rules.needs.answers import answer, city


def test_the_networks_share_counts_shown_cities_with_a_gap_of_two_or_more() -> None:
    found = round_results([*city(1, [1] * 5), *city(2, [2] * 5), *city(3, [4] * 5)]).theme(1)
    assert found is not None
    assert found.share == Fraction(2, 3)


def test_a_city_at_one_is_named_however_sure_the_others_are() -> None:
    found = round_results([*city(1, [1] * 5), *city(2, [5] * 9), *city(3, [5] * 9)]).theme(1)
    assert found is not None
    assert found.at_one == (1,)
    assert found.network is not None
    assert found.network.gap == 0


def test_a_small_city_at_one_is_said_without_its_name_when_it_could_be_any_of_three() -> None:
    three = [*city(1, [1, 1]), *city(2, [4, 4]), *city(3, [4])]
    found = round_results(three).theme(1)
    assert found is not None
    assert (found.at_one, found.another_at_one) == ((), True)
    two = round_results([*city(1, [1, 1, 1]), *city(2, [4, 4, 4])]).theme(1)
    assert two is not None
    assert two.together is not None
    assert not two.another_at_one


def test_themes_come_with_the_largest_need_first_and_those_not_shown_last() -> None:
    found = round_results(
        [*city(1, [4] * 5, theme=1), *city(1, [1] * 5, theme=2), *city(1, [1] * 4, theme=3)]
    )
    assert [one.theme for one in found.themes] == [2, 1, 3]
    assert found.themes[2].network is None
    assert found.themes[2].share is None


def test_nobody_answered_is_an_empty_result() -> None:
    assert round_results([]).themes == ()


@st.composite
def rounds(draw: st.DrawFn) -> list[NeedAnswer]:
    """Answers of up to four cities about two themes."""
    found = []
    for number in range(1, 5):
        for person in range(draw(st.integers(0, 8))):
            organisation = draw(st.sampled_from([1, 2, None]))
            found += [
                answer(
                    draw(st.integers(1, 5)),
                    draw(st.integers(1, 5)),
                    draw(st.sampled_from(LastExercised)),
                    city=number,
                    theme=theme,
                    person=100 * number + person,
                    organisation=organisation,
                )
                for theme in (1, 2)
                if draw(st.integers(0, 3))
            ]
    return found


@settings(max_examples=60, deadline=None)
@given(rounds(), st.data())
def test_what_is_shown_is_the_same_whatever_unshown_answers_say(
    answers: list[NeedAnswer], data: st.DataObject
) -> None:
    """The answers in no shown group may say anything: not one figure is another."""
    before = round_results(answers)
    shown = {(column, voice) for column, group in before.picture.groups() for voice in group}
    changed = [
        one
        if (one.theme, one.voice) in shown
        else replace(one, importance=data.draw(st.integers(1, 5)), confidence=data.draw(st.integers(1, 5)))
        for one in answers
    ]
    assert _figures(round_results(changed)) == _figures(before)


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_the_score_of_one_theme_alone_is_that_among_all(answers: list[NeedAnswer]) -> None:
    found = round_results(answers)
    for theme in (1, 2, 3):
        among_all = found.theme(theme)
        assert network_score(answers, theme) == (among_all.network if among_all else None)


@settings(max_examples=60, deadline=None)
@given(rounds(), st.randoms())
def test_who_of_a_shown_group_said_what_makes_no_difference(
    answers: list[NeedAnswer], random: object
) -> None:
    """The same answers given by other people of the same shown group give the same figures."""
    before = round_results(answers)
    by_voice = {(one.theme, one.voice): one for one in answers}
    shuffled = dict(by_voice)
    for (_city, theme), group in before.picture.cells.items():
        voices = sorted(group, key=lambda voice: str(voice.person))
        others = list(voices)
        random.shuffle(others)  # type: ignore[attr-defined]
        for voice, other in zip(voices, others, strict=True):
            shuffled[theme, voice] = replace(by_voice[theme, other], voice=voice)
    assert _figures(round_results(list(shuffled.values()))) == _figures(before)


def _figures(found: RoundResults) -> object:
    return found.cells, found.themes

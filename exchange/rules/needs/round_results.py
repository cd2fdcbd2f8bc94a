"""The results of a needs round: each city's score by theme, and the network's, of groups that may be shown.

Everything here but one sentence is a figure of a shown group (rules.results.small_groups). The sentence says
that a city which is too small to be shown is at 1 (``another_at_one``), and is said only when it could be any
of three.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from exchange.rules.needs.scores import LARGE_GAP, LOWEST, NeedAnswer, Score, score
from exchange.rules.results.small_groups import Group, Picture, Voice, column_total, picture_of

UNNAMED_AMONG = 3  # cities: with two, one of them would know that it is the other


@dataclass(frozen=True)
class ThemeResult:
    """One theme over the network. ``network`` None: too few answered for anything to be shown.

    ``together`` is the score of the cities too small to be shown alone. ``at_one`` are shown cities whose
    median confidence is 1, the largest first by priority; ``another_at_one`` says that a small one is, too.
    """

    theme: int
    network: Score | None
    together: Score | None
    cities: int
    cities_with_gap: int
    at_one: tuple[int, ...]
    another_at_one: bool

    @property
    def share(self) -> Fraction | None:
        """The share of shown cities with a gap of 2 or more; None where no city is shown."""
        return Fraction(self.cities_with_gap, self.cities) if self.cities else None


Shown = Picture[int, int]  # rows are cities, columns themes


@dataclass(frozen=True)
class Remark:
    """What one person wrote to a question that is about no theme."""

    question: int
    voice: Voice
    text: str


@dataclass(frozen=True)
class RoundResults:
    """What is shown of a round: cells by (city, theme), and themes with the largest need first."""

    picture: Shown
    cells: Mapping[tuple[int, int], Score]
    themes: tuple[ThemeResult, ...]

    def theme(self, theme: int) -> ThemeResult | None:
        """The result of a theme; None where nobody answered about it."""
        return next((one for one in self.themes if one.theme == theme), None)


def picture_of_answers(answers: Iterable[NeedAnswer], remarks: Iterable[Remark] = ()) -> Shown:
    """Which groups of the answers may be shown: a row a city, a column a theme.

    Remarks are shown of all cities together: their row is 0, their column the question's number below 0.
    """
    table: dict[tuple[int, int], set[Voice]] = {}
    for one in answers:
        table.setdefault((one.city, one.theme), set()).add(one.voice)
    for remark in remarks:
        table.setdefault((0, -remark.question), set()).add(remark.voice)
    return picture_of({place: frozenset(voices) for place, voices in table.items()})


def shown_remarks(remarks: Sequence[Remark]) -> dict[int, list[str]]:
    """By question what people wrote beside the themes, in an order of its words, where enough did."""
    cells = picture_of_answers([], remarks).cells
    found: dict[int, list[str]] = {}
    for one in remarks:
        if (0, -one.question) in cells:
            found.setdefault(one.question, []).append(one.text)
    return {question: sorted(texts) for question, texts in found.items()}


def round_results(answers: Sequence[NeedAnswer]) -> RoundResults:
    """The results of these answers, of a round that is closed."""
    picture = picture_of_answers(answers)
    scored = _Scorer(answers)
    cells = {place: scored(place[1], group) for place, group in picture.cells.items()}
    by_theme: dict[int, dict[int, Score]] = {theme: {} for theme in {one.theme for one in answers}}
    for (city, theme), cell in cells.items():
        by_theme[theme][city] = cell
    themes = [_theme_result(theme, its_cells, picture, scored) for theme, its_cells in by_theme.items()]
    return RoundResults(picture, cells, tuple(sorted(themes, key=_largest_need_first)))


def network_score(answers: Sequence[NeedAnswer], theme: int) -> Score | None:
    """The network's score of one theme, as round_results has it."""
    everybody = column_total(picture_of_answers(answers), theme)
    return (
        score([one for one in answers if one.theme == theme and one.voice in everybody])
        if everybody
        else None
    )


class _Scorer:
    """Scores groups of these answers."""

    def __init__(self, answers: Iterable[NeedAnswer]) -> None:
        self._by_voice = {(one.theme, one.voice): one for one in answers}
        self._by_place: dict[tuple[int, int], list[NeedAnswer]] = {}
        for one in self._by_voice.values():
            self._by_place.setdefault((one.city, one.theme), []).append(one)

    def __call__(self, theme: int, group: Group) -> Score:
        return score([self._by_voice[theme, voice] for voice in group])

    def is_at_one(self, place: tuple[int, int]) -> bool:
        return score(self._by_place[place]).confidence <= LOWEST


def _theme_result(theme: int, cells: Mapping[int, Score], picture: Shown, scored: _Scorer) -> ThemeResult:
    everybody = column_total(picture, theme)
    small = picture.together.get(theme)
    hidden = [place for place in picture.hidden if place[1] == theme]
    may_be_told = small is not None and len(hidden) >= UNNAMED_AMONG
    at_one = [city for city, one in cells.items() if one.confidence <= LOWEST]
    return ThemeResult(
        theme=theme,
        network=scored(theme, everybody) if everybody else None,
        together=scored(theme, small) if small else None,
        cities=len(cells),
        cities_with_gap=sum(one.gap >= LARGE_GAP for one in cells.values()),
        at_one=tuple(sorted(at_one, key=lambda city: (-cells[city].priority, city))),
        another_at_one=may_be_told and any(map(scored.is_at_one, hidden)),
    )


def _largest_need_first(one: ThemeResult) -> tuple[bool, Decimal, Fraction, int]:
    """By the network's priority, then by the share of cities with a gap; what is not shown comes last."""
    if one.network is None:
        return True, Decimal(0), Fraction(0), one.theme
    return False, -one.network.priority, -(one.share or Fraction(0)), one.theme

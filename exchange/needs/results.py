"""What is shown of a needs round: the results as of the moment that was shown last, and how scores moved.

A round that is not closed shows nobody anything, a reopened one neither: who answers now should not follow
what others said. Which figures may be shown, rules.results and rules.needs say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.models import City, Need, NeedsRound, RoundState
from exchange.needs import queries
from exchange.needs.given_answers import GivenAnswers, answers_of_round, answers_of_rounds, ask_of_round
from exchange.rules.needs.round_results import (
    RoundResults,
    Shown,
    ThemeResult,
    network_score,
    picture_of_answers,
    round_results,
    shown_remarks,
)
from exchange.rules.needs.scores import Score


@dataclass(frozen=True)
class Move:
    """The network's score of one theme in one round."""

    year: int
    score: Score


@dataclass(frozen=True)
class CityRow:
    """A city's scores, by the round's themes in their order.

    None: too few answered, or nobody; which of the two is not told.
    """

    name: str
    is_own: bool
    cells: Sequence[Score | None]


@dataclass(frozen=True)
class ShownRound:
    """A round's results as one page or file has them."""

    round: NeedsRound
    as_of: datetime
    given: GivenAnswers
    results: RoundResults
    rows: Sequence[CityRow]
    previous: RoundResults | None
    previous_year: int | None

    def name(self, theme_id: int) -> str:
        """The theme's name as it was when it was asked about."""
        return next((one.name for one in self.round.themes if one.theme_id == theme_id), "")

    def city(self, city_id: int) -> str:
        """The name of a city it asks."""
        return next((one.name for one in self.round.cities if one.id == city_id), "")

    def before(self, theme_id: int) -> Score | None:
        """The network's score of the theme in the round before; None where none was shown."""
        found = self.previous.theme(theme_id) if self.previous else None
        return found.network if found else None

    def theme(self, theme_id: int) -> ThemeResult | None:
        """The theme's result."""
        return self.results.theme(theme_id)


def pictures(session: Session, found: NeedsRound, now: datetime) -> list[Shown]:
    """What was shown of the round so far, in order, and last what its answers of ``now`` would show."""
    given = answers_of_round(session, found)
    moments = [*(one.as_of for one in found.showings), now]
    return [picture_of_answers(given.as_of(moment), given.remarks_as_of(moment)) for moment in moments]


def remarks_of(session: Session, shown: ShownRound | None) -> list[tuple[str, list[str]]]:
    """Questions about no theme with what people wrote, as of the moment that is shown; never who.

    For who puts themes in order alone: a text tells more of its writer than a score does.
    """
    ask = ask_of_round(session, shown.round) if shown else None
    if shown is None or ask is None:
        return []
    texts = shown_remarks(shown.given.remarks_as_of(shown.as_of))
    return [(one.text, texts[one.id or 0]) for one in ask.questions if one.id in texts]


def results_of(session: Session, found: NeedsRound) -> RoundResults | None:
    """The results as they are shown; None while the round is not closed."""
    return results_by_round(session, [found]).get(found.id or 0)


def results_by_round(session: Session, rounds: Sequence[NeedsRound]) -> dict[int, RoundResults]:
    """The same of each round that is closed, by its id, in a fixed number of statements."""
    return _results(rounds, answers_of_rounds(session, _closed(rounds)))


def _closed(rounds: Sequence[NeedsRound]) -> list[NeedsRound]:
    return [one for one in rounds if one.state is RoundState.CLOSED and one.showings]


def _results(rounds: Sequence[NeedsRound], given: Mapping[int, GivenAnswers]) -> dict[int, RoundResults]:
    return {
        one.id or 0: round_results(given[one.id or 0].as_of(one.showings[-1].as_of))
        for one in rounds
        if one.id in given
    }


def shown_round(
    session: Session, found: NeedsRound, own: frozenset[int], may_read: Callable[[NeedsRound], bool]
) -> ShownRound | None:
    """The results for a reader who speaks for the cities ``own``, theirs first; None while none are shown.

    ``may_read`` says whether the reader may read another round, to which scores are compared.
    """
    if not _closed([found]):
        return None
    before = _round_before(session, found, may_read)
    rounds = [found, before] if before else [found]
    given = answers_of_rounds(session, _closed(rounds))
    by_round = _results(rounds, given)
    results = by_round[found.id or 0]
    return ShownRound(
        round=found,
        as_of=found.showings[-1].as_of,
        given=given[found.id or 0],
        results=results,
        rows=[_row(found, results, city, own) for city in _own_first(found.cities, own)],
        previous=by_round.get(before.id or 0) if before else None,
        previous_year=before.year if before else None,
    )


def moves_of(session: Session, need: Need, readable: Sequence[NeedsRound]) -> list[Move]:
    """The network's score of the need's theme in its round and those after it, of ``readable`` rounds."""
    since = sorted((one for one in readable if one.year >= need.round.year), key=lambda one: one.year)
    closed = _closed(since)
    given = answers_of_rounds(session, closed)
    scores = (
        (one.year, network_score(given[one.id or 0].as_of(one.showings[-1].as_of), need.theme_id))
        for one in closed
    )
    return [Move(year, score) for year, score in scores if score is not None]


def _round_before(
    session: Session, found: NeedsRound, may_read: Callable[[NeedsRound], bool]
) -> NeedsRound | None:
    newest = session.exec(
        select(NeedsRound.id)
        .where(col(NeedsRound.year) < found.year, col(NeedsRound.closed_at).is_not(None))
        .order_by(col(NeedsRound.year).desc())
    ).first()
    before = None if newest is None else queries.round_of(session, newest)
    return before if before is not None and may_read(before) else None


def _own_first(cities: Sequence[City], own: frozenset[int]) -> list[City]:
    return sorted(cities, key=lambda city: (city.id not in own, city.name))


def _row(found: NeedsRound, results: RoundResults, city: City, own: frozenset[int]) -> CityRow:
    city_id = city.id or 0
    cells = [results.cells.get((city_id, theme.theme_id)) for theme in found.themes]
    return CityRow(city.name, city_id in own, cells)

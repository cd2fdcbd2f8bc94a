"""What a coordinator wants of a needs round, and what the board wants of its results, checked but not saved.

It knows neither forms nor the database.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.errors import InvalidInput
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking

FIRST_YEAR, LAST_YEAR = 2000, 2100  # a round outside is a slip of the keyboard
THEMES_MOST = 12  # each is six questions, and nobody answers a hundred


@dataclass(frozen=True)
class RoundDraft:
    """A round as a form has it; it opens on the wall of ``city_id``; both days are included."""

    year: int
    opens_on: date
    closes_on: date
    city_id: int
    marking: Marking
    city_ids: frozenset[int]
    theme_ids: Sequence[int]


@dataclass(frozen=True)
class RankedTheme:
    """A place in the board's order, from 1, and why; None leaves the theme out."""

    theme_id: int
    rank: int | None
    reason: str = ""


def check_draft(draft: RoundDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    if not FIRST_YEAR <= draft.year <= LAST_YEAR:
        raise InvalidInput(
            "Give a year between %(first)s and %(last)s.", field="year", first=FIRST_YEAR, last=LAST_YEAR
        )
    check_days(draft.opens_on, draft.closes_on)
    if draft.marking is Marking.RED:
        raise InvalidInput("A round asks many people, so it cannot be TLP:RED.", field="marking")
    if not draft.city_ids:
        raise InvalidInput("Choose at least one city.", field="cities")
    if not 1 <= len(draft.theme_ids) <= THEMES_MOST:
        raise InvalidInput("Choose one to %(most)s themes.", field="themes", most=THEMES_MOST)


def check_days(opens_on: date, closes_on: date) -> None:
    """Raise InvalidInput, field "closes_on", for a round that closes before it opens."""
    if closes_on < opens_on:
        raise InvalidInput("It closes before it opens.", field="closes_on")
    if closes_on.year > LAST_YEAR:
        raise InvalidInput("Nobody plans that far ahead.", field="closes_on")


def checked_ranking(drafts: Sequence[RankedTheme], shown: Collection[int]) -> list[RankedTheme]:
    """The themes that the board takes, in its order. ``shown`` are those that have a score to quote.

    Raises InvalidInput for a place given twice, a theme without a score and an order without a reason.
    """
    taken = sorted((one for one in drafts if one.rank is not None), key=lambda one: one.rank or 0)
    places = [one.rank for one in taken]
    if len(set(places)) < len(places):
        raise InvalidInput("Two themes have the same place.", field="themes")
    for one in taken:
        if one.theme_id not in shown:
            raise InvalidInput("Too few answered about this theme for a score to quote.", field="themes")
        if not one.reason.strip():
            raise InvalidInput("Write why a theme has its place: it is kept for good.", field="themes")
        refuse_state_secrets(one.reason, field="themes")
    return taken

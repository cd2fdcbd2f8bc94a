"""Coverage: theme by city, how often by year, and who had no part for two years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from exchange.access.things import thing_of_record
from exchange.models import City, Theme
from exchange.records.held import Window, held
from exchange.records.queries import member_cities, themes
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.programme.coverage import Cover, TakenPart, coverage


@dataclass(frozen=True)
class CityCover:
    """One city with its cover of each theme, in the order of the themes."""

    city: City
    is_own: bool
    covers: Sequence[Cover]


@dataclass(frozen=True)
class Coverage:
    """The ``themes`` about which something was held, and each city's part; ``untouched`` are the others."""

    themes: Sequence[Theme]
    untouched: Sequence[Theme]
    rows: Sequence[CityCover]

    @property
    def picture(self) -> list[tuple[str, bool, list[tuple[int | None, str]]]]:
        """How often in the last two years, by city and theme, as macros/grid.html draws it."""
        return [
            (
                row.city.name,
                row.is_own,
                [(min(one.recent, 4) or None, str(one.recent or "–")) for one in row.covers],
            )
            for row in self.rows
        ]


def covered_themes(session: Session, window: Window, standing: Standing, today: date) -> Coverage:
    """Coverage by the member cities of today whose record ``standing`` may read.

    Counted is what ``standing`` may know of, but for TLP:RED. A fixed number of statements.
    """
    cities, every_theme = member_cities(session, today), themes(session)
    found = [one for one in held(session, window, standing, cities) if one.about.theme_id is not None]
    parts = [TakenPart(city_id, one.about.theme_id or 0, one.on) for one in found for city_id in one.city_ids]
    covers = coverage(parts, today)
    touched = {one.about.theme_id for one in found}
    shown = [theme for theme in every_theme if theme.id in touched]
    rows = [
        CityCover(
            city,
            city.id in standing.cities,
            [covers.get((city.id or 0, theme.id or 0), Cover()) for theme in shown],
        )
        for city in cities
        if may(standing, Right.READ, thing_of_record(city))
    ]
    return Coverage(shown, [theme for theme in every_theme if theme.id not in touched], rows)

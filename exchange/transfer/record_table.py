"""A city's year as a table: exchanges and events, objectives by rating, findings. No names of people."""

from collections.abc import Iterator

from exchange.models import Rating, TrainingEvent
from exchange.records.city_year import CityYear, TookPart
from exchange.transfer.csv_file import Table

COLUMNS = (
    *("city", "year", "kind", "title", "day", "theme", "part", "people", "remote", "marking"),
    *(f"objectives_{rating.name.lower()}" for rating in Rating),
    "objectives_not_rated",
    "state",
)


def table_of_city_year(record: CityYear) -> Table:
    """What the page of the year shows; ``people`` is empty where nobody noted who was there."""
    start = (record.city.name, str(record.year))
    return Table(COLUMNS, [[*start, *row] for row in _rows(record)])


def _rows(record: CityYear) -> Iterator[list[str]]:
    for one in record.parts:
        yield _part(one)
    for found in record.findings:
        blank = [""] * (len(Rating) + 1)
        of = ["finding", found.lesson.title, "", found.lesson.theme.name if found.lesson.theme else ""]
        yield [*of, "", "", "", found.lesson.marking, *blank, found.state]


def _part(one: TookPart) -> list[str]:
    people = one.there.people if one.there else 0
    remote = one.there.remote if one.there else 0
    is_event = isinstance(one.about, TrainingEvent)
    return [
        one.about.kind if isinstance(one.about, TrainingEvent) else "exchange",
        one.about.title,
        one.on.isoformat(),
        one.about.theme.name if one.about.theme else "",
        one.share,
        *((str(people), str(remote)) if one.is_noted else ("", "")),
        one.about.marking,
        *(str(one.ratings[key]) if is_event else "" for key in (*Rating, "")),
        "",
    ]

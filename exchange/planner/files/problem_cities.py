"""Cities in PROBLEM.json, read and written; and what cities and other parts write alike."""

from datetime import datetime, time

from exchange.planner.files.json_fields import (
    NAME_MAX_CHARACTERS,
    Fields,
    day,
    instant,
    instant_text,
    integer,
    pair,
    refuse,
    wall,
)
from exchange.planner.problem.problem import PlannedCity, Span

NEVER = "never"
MOST_PRICE = 1000  # for an event outside the acceptable hours
CITY_KEYS = (
    "id",
    "name",
    "time_zone",
    "holidays",
    "lead",
    "required",
    "core",
    "shoulder",
    "acceptable",
    "outside",
    "weekend",
    "quiet",
    "busy",
)


def city_from(path: str, value: object) -> PlannedCity:
    """A city as written at a path."""
    fields = Fields(path, value, CITY_KEYS)
    holidays = Fields(
        fields.at("holidays"), fields.raw("holidays") or {}, ("country", "subdivision", "categories")
    )
    return PlannedCity(
        id=fields.text("id"),
        name=fields.text("name", fields.text("id")),
        time_zone=fields.text("time_zone"),
        country=holidays.text("country", ""),
        subdivision=holidays.text("subdivision", ""),
        categories=holidays.items("categories", word, 20),
        is_lead=fields.flag("lead", default=False),
        is_required=fields.flag("required", default=False),
        core=_hours(fields, "core", (time(9), time(17))),
        shoulder=_hours(fields, "shoulder", (time(7), time(21))),
        acceptable=_pair(fields, "acceptable"),
        outside_price=_price(fields),
        weekend=weekdays(fields, "weekend", ()) if fields.has("weekend") else None,
        quiet=fields.items("quiet", span, 1000),
        busy=fields.items("busy", _interval),
    )


def city_to(city: PlannedCity) -> dict[str, object]:
    """A city as PROBLEM.json writes it."""
    return {
        "id": city.id,
        "name": city.name,
        "time_zone": city.time_zone,
        "holidays": {
            "country": city.country,
            "subdivision": city.subdivision,
            "categories": list(city.categories),
        },
        "lead": city.is_lead,
        "required": city.is_required,
        "core": [f"{at:%H:%M}" for at in city.core],
        "shoulder": [f"{at:%H:%M}" for at in city.shoulder],
        "acceptable": [f"{at:%H:%M}" for at in city.acceptable] if city.acceptable else None,
        "outside": NEVER if city.outside_price is None else city.outside_price,
        "weekend": None if city.weekend is None else list(city.weekend),
        "quiet": [span_to(span) for span in city.quiet],
        "busy": [[instant_text(begin), instant_text(end)] for begin, end in city.busy],
    }


def _hours(fields: Fields, key: str, default: tuple[time, time]) -> tuple[time, time]:
    return _pair(fields, key) or default


def _pair(fields: Fields, key: str) -> tuple[time, time] | None:
    return pair(fields.at(key), fields.raw(key), wall) if fields.has(key) else None


def _price(fields: Fields) -> int | None:
    """What an event outside the acceptable hours counts; None where there is to be none."""
    value = fields.raw("outside")
    if isinstance(value, str) and value != NEVER:
        refuse(fields.at("outside"), f'"{NEVER}" or a whole number from 1 to {MOST_PRICE}', value)
    return None if value == NEVER else fields.integer("outside", 1, MOST_PRICE, 1)


def weekdays(fields: Fields, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
    """Weekday numbers, Monday 0."""
    if not fields.has(key):
        return default
    return fields.items(key, lambda path, each: integer(path, each, 0, 6), 7)


def span_to(span: Span) -> list[str]:
    """A span of days as PROBLEM.json writes it."""
    return [span[0].isoformat(), span[1].isoformat()]


def span(path: str, value: object) -> Span:
    """A span of days, both included."""
    return pair(path, value, day)


def _interval(path: str, value: object) -> tuple[datetime, datetime]:
    return pair(path, value, instant)


def word(path: str, value: object) -> str:
    """A short text, such as the id of a city."""
    if not isinstance(value, str) or not value.strip() or len(value) > NAME_MAX_CHARACTERS:
        refuse(path, f"a text of at most {NAME_MAX_CHARACTERS} characters", value)
    return value

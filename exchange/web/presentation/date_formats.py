"""How dates and clocks are written, in one place, for pages and letters.

Pure functions of a value and a language; a time is never written without its city.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel.dates import format_date, format_timedelta, get_day_names
from flask import Flask
from flask_babel import gettext as _

from exchange.rules.sentences import Value
from exchange.rules.time.timezones import wall_time
from exchange.web.presentation.translations import page_locale

DAYS_KEPT = 4_000  # formatting a day is slow, and a programme names the same few again and again


@lru_cache(maxsize=DAYS_KEPT)
def long_day(on: date, language: str = "en") -> str:
    """Thursday 11 February 2027."""
    return str(format_date(on, "EEEE d MMMM y", locale=language))


@lru_cache(maxsize=DAYS_KEPT)
def day(on: date, language: str = "en") -> str:
    """Thu 11 Feb 2027."""
    return str(format_date(on, "EEE d MMM y", locale=language))


@lru_cache(maxsize=DAYS_KEPT)
def short_day(on: date, language: str = "en") -> str:
    """Thu 11 Feb, where the year is plain from the place it stands in."""
    return str(format_date(on, "EEE d MMM", locale=language))


def month(on: date, language: str = "en") -> str:
    """February 2027."""
    return str(format_date(on, "LLLL y", locale=language))


def weekday(number: int, language: str = "en") -> str:
    """The name of a weekday, 0 being Monday."""
    return str(get_day_names("wide", locale=language)[number])


def clock(at: time | datetime) -> str:
    """15:00, on the 24-hour clock; the city stands beside it in the text around."""
    return f"{at:%H:%M}"


def week(on: date) -> str:
    """W06: the ISO week."""
    return f"W{on.isocalendar().week:02d}"


def span(first_on: date, last_on: date, language: str = "en") -> str:
    """Mon 11 Jan – Sun 17 Jan 2027; one day alone when both are the same."""
    if first_on == last_on:
        return day(first_on, language)
    first = short_day(first_on, language) if first_on.year == last_on.year else day(first_on, language)
    return f"{first} – {day(last_on, language)}"


def moment(at: datetime, time_zone: str, language: str = "en") -> str:
    """Thu 11 Feb 2027, 15:00: an instant on the wall of a zone; name the city beside it."""
    local = wall_time(at, time_zone)
    return f"{day(local.on, language)}, {clock(local.at)}"


def length(minutes: int) -> str:
    """1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(part for part in parts if part)


def duration(passed: timedelta, language: str = "en") -> str:
    """3 hours: a stretch of time in one unit, rounded, for ages that need no more."""
    return str(format_timedelta(passed, locale=language))


def sentence(said: object) -> str:
    """A finding's, a rule's or an error's sentence in the reader's language, its dates written as days."""
    template: str = said.template  # type: ignore[attr-defined]  # Sentence, Finding and ExchangeError have both
    values: dict[str, Value] = said.values  # type: ignore[attr-defined]  # as above
    language = page_locale()
    shown = {key: day(v, language) if isinstance(v, date) else v for key, v in values.items()}
    return str(_(template, **shown) if shown else _(template))


def add_filters(app: Flask) -> None:
    """Give the templates of ``app`` these filters, in the language of the request."""
    for localised in (long_day, day, short_day, month, weekday, duration):
        app.add_template_filter(lambda value, f=localised: f(value, page_locale()), localised.__name__)
    for plain in (clock, week, sentence):
        app.add_template_filter(plain, plain.__name__)
    app.add_template_filter(length, "lasting")  # Jinja's own `length` counts things
    app.add_template_filter(
        lambda first_on, last_on: span(first_on, last_on, page_locale()), "span_to"
    )  # {{ stage.starts_on | span_to(stage.ends_on) }}
    app.add_template_filter(
        lambda at, time_zone: moment(at, time_zone, page_locale()), "moment_in"
    )  # {{ letter.due_at | moment_in(city.time_zone) }}

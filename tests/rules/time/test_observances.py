"""The file of observances: read whole or refused, and its dates held against the tables they came from."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta

import holidays
import pytest
from dateutil.easter import EASTER_ORTHODOX, easter

from exchange.errors import ConfigurationError
from exchange.rules.time.observances import Observance, read_observances
from exchange.settings import CONFIG, read_toml

ALL = read_observances(read_toml(CONFIG / "observances.toml"))
YEARS = range(2026, 2032)
ONE = """[[observances]]
name = "Eid"
dates = [2027-03-09]
plus_minus_days = 1
source = "a table"
checked_on = 2026-11-30
"""


def of(name: str) -> list[Observance]:
    return [one for one in ALL if one.name == name]


def table(country: str, *names: str, **more: object) -> Iterator[date]:
    """The first of days that follow each other, of those whose name begins with these words."""
    found = holidays.country_holidays(country, years=[2025, *YEARS, 2032], **more)  # type: ignore[arg-type]  # a test's own keywords
    days = [on for on, text in sorted(found.items()) if re.search(rf"(^|; )({'|'.join(names)})(\W|$)", text)]
    yield from (on for on in days if on - timedelta(days=1) not in days and on.year in YEARS)


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("Ramadan", table("MV", "First Day of Ramadan", language="en_US")),
        ("Eid al-Fitr", table("TR", "Eid al-Fitr", language="en_US")),
        ("Eid al-Adha", table("TR", "Eid al-Adha", language="en_US")),
        ("Passover (first day)", table("IL", "Pesach", language="en_US")),
        ("Passover (last day)", table("IL", "Seventh day of Pesach", language="en_US")),
        ("Shavuot", table("IL", "Shavuot", language="en_US")),
        ("Rosh Hashanah", table("IL", "Rosh Hashanah", language="en_US")),
        ("Yom Kippur", table("IL", "Yom Kippur", language="en_US")),
        ("Sukkot (first day)", table("IL", "Sukkot", language="en_US")),
        ("Hanukkah", table("IL", "Hanukkah", language="en_US", categories=("school",))),
        ("Lunar New Year", table("SG", "Chinese New Year", language="en_US", observed=False)),
        ("Nowruz", table("IR", "Nowruz", language="en_US")),
        ("Holi", table("IN", "Holi", categories=("optional", "public"), language="en_IN")),
        ("Vaisakhi", table("IN", "Vaisakhi", categories=("optional", "public"), language="en_IN")),
        ("Diwali", table("IN", "Diwali", categories=("optional", "public"), language="en_IN")),
        ("Guru Nanak's birthday", table("IN", "Guru Nanak", categories=("public",), language="en_IN")),
        ("Orthodox Christmas", (date(year, 1, 7) for year in YEARS)),
        ("Orthodox Good Friday", (easter(y, EASTER_ORTHODOX) - timedelta(days=2) for y in YEARS)),
        ("Orthodox Easter", (easter(year, EASTER_ORTHODOX) for year in YEARS)),
    ],
)
def test_dates_are_those_of_the_table_that_the_file_names(name: str, dates: Iterator[date]) -> None:
    assert [one.first_on for one in of(name)] == list(dates)


def test_every_observance_is_among_those_held_against_a_table() -> None:
    assert len({one.name for one in ALL}) == 19
    assert {one.first_on.year for one in ALL} == set(YEARS)


def test_what_the_moon_decides_may_move_by_a_day_and_hebrew_days_begin_in_the_evening() -> None:
    assert {one.name for one in ALL if one.plus_minus_days} >= {"Ramadan", "Eid al-Fitr", "Eid al-Adha"}
    assert {one.name for one in ALL if one.begins_evening_before} == {
        "Passover (first day)",
        "Passover (last day)",
        "Shavuot",
        "Rosh Hashanah",
        "Yom Kippur",
        "Sukkot (first day)",
        "Hanukkah",
    }


def test_a_record_of_several_days_ends_on_its_last() -> None:
    (eid,) = [one for one in of("Eid al-Fitr") if one.first_on.year == 2027]
    assert (eid.first_on, eid.last_on) == (date(2027, 3, 9), date(2027, 3, 10))


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("2027-03-09]", "]", "observances[1].dates: expected a list of one or more dates"),
        ("2027-03-09", "2027-03-09, 2027-03-09", "each later than the one before"),
        ("2027-03-09", '"9 March"', "dates like 2027-03-09"),
        ("plus_minus_days = 1", "plus_minus_days = -1", "a whole number from 0 to 7"),
        ("plus_minus_days = 1", 'colour = "red"', "observances[1].colour: expected one of the keys"),
        ('source = "a table"', "", "observances[1].source is missing."),
        ("checked_on = 2026-11-30", "checked_on = 2026-11-30T09:00:00", "a date like 2027-03-09"),
    ],
)
def test_a_fault_in_the_file_is_said_with_its_place(written: str, instead: str, said: str) -> None:
    assert read_observances(tomllib.loads(ONE))
    with pytest.raises(ConfigurationError) as refused:
        read_observances(tomllib.loads(ONE.replace(written, instead, 1)))
    assert said in str(refused.value)

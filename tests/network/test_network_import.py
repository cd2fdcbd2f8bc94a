"""config/network.toml: whole or not at all, twice the same, and never over what a coordinator edited."""

import re
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from exchange import audit
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.models import (
    AuditEntry,
    Board,
    City,
    ExpertGroup,
    Feed,
    GroupMember,
    Membership,
    Person,
    PersonRole,
    QuietPeriod,
    Theme,
)
from exchange.network.network_file import read_network_file
from exchange.network.network_import import Report, load_network
from exchange.settings import CONFIG, Settings
from tests.hand_clock import HandClock

FILES = ("network.toml", "sample_people.toml", "sample.toml")

SMALL = """\
# A network of two cities.
[[cities]]
name = "Oslo"
time_zone = "Europe/Oslo"
holidays = { country = "NO" }
memberships = [
    { status = "observer", ends_on = 2025-12-31 },
    { status = "member", starts_on = 2026-01-01 },
]
quiet_periods = [
    { name = "Summer", first = "W28", last = "W31" },
    { name = "Easter", first = "2027-03-22", last = "2027-03-28" },
]

[[cities]]
name = "Åbo"
time_zone = "Europe/Helsinki"
working_hours = [08:00:00, 16:00:00]
holidays = { country = "FI", categories = ["public"] }
memberships = [{ status = "lead" }]

[[people]]
name = "Kari Nordmann"
email = "Kari.Nordmann@Example.org"
city = "oslo"
roles = ["coordinator", "city lead"]

[[people]]
name = "Aino Suomalainen"
email = "aino@example.org"
city = "abo"

[[groups]]
key = "G1"
name = "Command"
chairs = ["kari.nordmann@example.org"]
members = ["aino@example.org"]

[[boards]]
key = "main"
name = "Main Board"
members = ["aino@example.org"]

[[partners]]
key = "p"
name = "A partner"

[[themes]]
key = "T01"
name = "A theme"
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "network.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def load(database: Database, path: Path, settings: Settings, clock: HandClock) -> Report:
    with database.transaction() as session:
        return load_network(session, path, settings=settings, now=clock())


def test_network_of_the_product_loads_with_feeds_and_a_trail(
    database: Database, settings: Settings, clock: HandClock
) -> None:
    report = load(database, CONFIG / "network.toml", settings, clock)
    assert {array: len(names) for array, names in report.added.items()} == {
        "cities": 14,
        "groups": 8,
        "boards": 4,
        "organisations": 7,
        "themes": 20,
    }
    invented = load(database, CONFIG / "sample_people.toml", settings, clock)
    assert {array: len(names) for array, names in invented.added.items()} == {"people": 61, "seats": 12}
    with database.reading() as session:
        leads = session.exec(select(City.name).join(Membership).where(Membership.status == "lead")).all()
        assert sorted(leads) == ["London", "Stockholm", "Washington DC"]
        stockholm = session.exec(select(City).where(City.name == "Stockholm")).one()
        assert stockholm.holidays_categories == ["public", "de_facto"]
        assert [(p.first, p.last) for p in stockholm.quiet_periods] == [("W28", "W31"), ("12-20", "01-06")]
        quiet = session.exec(
            select(City.name).join(QuietPeriod).where(QuietPeriod.name == "Christmas and New Year")
        ).all()
        assert sorted(quiet) == ["London", "Stockholm", "Washington DC"]
        [coordinator] = session.exec(
            select(Person).join(PersonRole).where(PersonRole.role == "coordinator")
        ).all()
        assert coordinator.city.name == "London"
        groups = session.exec(select(ExpertGroup)).all()
        assert all(3 <= len(g.members) <= 4 and sum(m.is_chair for m in g.members) == 1 for g in groups)
        assert all(len({m.person.city_id for m in g.members}) >= 3 for g in groups)
        assert all(board.members for board in session.exec(select(Board)))
        assert all(p.email.endswith("@example.org") for p in session.exec(select(Person)))
        assert len(session.exec(select(Feed)).all()) == 1 + 14 + 8
        assert audit.verify(session).is_whole


def test_each_city_of_the_files_has_a_lead_and_a_contact() -> None:
    files = [read_network_file(CONFIG / name) for name in FILES]
    people = [person for file in files for person in file.people]
    roles = {(person.city, role.value) for person in people for role in person.draft.roles}
    slugs = [city.slug for file in files for city in file.cities]
    assert [slug for slug in slugs if not {(slug, "city lead"), (slug, "city contact")} <= roles] == []


def test_invented_people_stand_in_the_sample_only() -> None:
    real = read_network_file(CONFIG / "network.toml")
    assert real.people == ()
    assert [entry.draft.name for entry in real.entries if entry.members or entry.chairs] == []
    assert "@" not in (CONFIG / "network.toml").read_text()


def test_second_load_changes_nothing(database: Database, settings: Settings, clock: HandClock) -> None:
    for name in FILES:
        load(database, CONFIG / name, settings, clock)
    with database.reading() as session:
        trail = len(session.exec(select(AuditEntry.id)).all())
    for name in FILES:
        report = load(database, CONFIG / name, settings, clock)
        assert (report.added, report.kept) == ({}, [])
    with database.reading() as session:
        assert len(session.exec(select(AuditEntry.id)).all()) == trail


def test_edits_are_kept_and_reported(
    database: Database, settings: Settings, clock: HandClock, small: Path
) -> None:
    load(database, small, settings, clock)
    with database.transaction() as session:
        oslo = session.exec(select(City).where(City.slug == "oslo")).one()
        oslo.name, oslo.time_zone = "Christiania", "Europe/Stockholm"
        aino = session.exec(select(Person).where(Person.name == "Aino Suomalainen")).one()
        aino.email = "aino.suomalainen@example.org"
        group = session.exec(select(ExpertGroup)).one()
        group.members = [member for member in group.members if not member.is_chair]
    report = load(database, small, settings, clock)
    assert report.added == {}
    assert report.kept == [
        "cities: Christiania (name, time_zone)",
        "people: Aino Suomalainen (email)",
        "groups: Command (members)",
    ]
    assert "kept as edited: cities: Christiania (name, time_zone)" in report.lines()
    with database.reading() as session:
        assert session.exec(select(City.time_zone).where(City.slug == "oslo")).one() == "Europe/Stockholm"
        assert len(session.exec(select(Person)).all()) == 2


def test_what_the_file_names_anew_is_added(
    database: Database, settings: Settings, clock: HandClock, small: Path
) -> None:
    load(database, small, settings, clock)
    small.write_text(SMALL + '\n[[themes]]\nkey = "T02"\nname = "Another theme"\n', encoding="utf-8")
    report = load(database, small, settings, clock)
    assert report.added == {"themes": ["Another theme"]}
    assert report.unchanged["themes"] == 1


def test_a_theme_brings_the_strategies_that_it_serves(
    database: Database, settings: Settings, clock: HandClock, small: Path
) -> None:
    theme = '\n[[themes]]\nkey = "T02"\nname = "Another theme"\nstrategies = "Sendai Framework"\n'
    small.write_text(SMALL + theme, encoding="utf-8")
    load(database, small, settings, clock)
    with database.reading() as session:
        assert session.exec(select(Theme.strategies).where(Theme.key == "T02")).one() == "Sendai Framework"
    assert load(database, small, settings, clock).kept == []
    small.write_text(SMALL + theme.replace("Sendai", "Another"), encoding="utf-8")
    assert load(database, small, settings, clock).kept == ["themes: Another theme (strategies)"]


def test_file_is_read_to_the_last_detail(
    database: Database, settings: Settings, clock: HandClock, small: Path
) -> None:
    load(database, small, settings, clock)
    with database.reading() as session:
        cities = {city.slug: city for city in session.exec(select(City))}
        assert set(cities) == {"oslo", "abo"}
        assert [(m.status, m.starts_on, m.ends_on) for m in cities["oslo"].memberships] == [
            ("observer", None, date(2025, 12, 31)),
            ("member", date(2026, 1, 1), None),
        ]
        assert (cities["abo"].work_starts_local.hour, cities["abo"].work_ends_local.hour) == (8, 16)
        kari = session.exec(select(Person).where(Person.email == "kari.nordmann@example.org")).one()
        assert sorted(held.role for held in kari.roles) == ["city lead", "coordinator"]


FAULTS = [
    # what stands in the file, what stands there instead, and the sentence
    (
        '"Europe/Oslo"',
        '"Europe/Olso"',
        "line 4, cities: time_zone: Europe/Olso is not a known time zone. Did you mean",
    ),
    (
        '{ country = "NO" }',
        '{ country = "NX" }',
        "line 5, cities: holidays: No holidays calendar for country NX.",
    ),
    (
        'name = "Oslo"',
        'nmae = "Oslo"',
        "line 3, cities: nmae: not known in cities; expected one of slug, name,",
    ),
    ('name = "Oslo"\n', "", "line 2, cities: name: is missing"),
    ('name = "Oslo"', "name = 7", "line 3, cities: name: expected a text in quotes."),
    ('"observer"', '"visitor"', "line 7, cities.memberships: status: visitor is not one of lead, member,"),
    ("2025-12-31", '"2025-12-31"', "line 7, cities.memberships: ends_on: expected a date without quotes"),
    ("2026-01-01", "2025-01-01", "line 8, cities.memberships: starts_on: each membership begins after"),
    ('"W28"', '"July"', "line 11, cities.quiet_periods: first: JULY does not say when: write a week (W28)"),
    ('"2027-03-28"', '"2027-03-01"', "line 12, cities.quiet_periods: last: A quiet period cannot end before"),
    (
        "08:00:00, 16:00:00",
        "17:00:00, 16:00:00",
        "line 18, cities: working_hours: The working day cannot end",
    ),
    ("08:00:00, 16:00:00", '"8", "16"', "line 18, cities: working_hours: expected two times without quotes"),
    ('["public"]', '["lunar"]', "line 19, cities: holidays: FI has no holidays category lunar."),
    ('"Åbo"', '"Oslo"', "line 16, cities: name: oslo stands on line 3 already."),
    ('city = "oslo"', 'city = "bergen"', "line 25, people: city: there is no city bergen;"),
    ('"Kari.Nordmann@Example.org"', '"kari"', "line 24, people: email: kari is not an email address."),
    ('"city lead"]', '"king"]', "line 26, people: roles: king is not one of coordinator, city lead,"),
    (
        '"aino@example.org"\ncity',
        '"kari.nordmann@example.org"\ncity',
        "line 30, people: email: kari.nordmann@",
    ),
    (
        'chairs = ["kari',
        'chairs = ["kori',
        "line 36, groups: chairs: kori.nordmann@example.org is the address of",
    ),
    ('key = "T01"', 'key = ""', "line 49, themes: key: This cannot be empty."),
    ('"A theme"', f'"{"x" * 300}"', "line 50, themes: name: This is 300 characters long; at most 200 fit."),
    ('"A theme"', '"A\\ntheme"', "line 50, themes: name: Use one line without line breaks"),
    (
        "[[themes]]",
        "[[thems]]",
        "line 48, thems: not known here; the file holds cities, people, organisations,",
    ),
    ("[[themes]]", "[themes]", "line 48, themes: write each one under a line [[themes]]."),
    ('"Main Board"', '"Main Board', "(at line 41, column"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), FAULTS, ids=[said[:40] for *_, said in FAULTS])
def test_fault_is_said_with_line_key_and_what_was_expected(
    database: Database,
    settings: Settings,
    clock: HandClock,
    small: Path,
    right: str,
    wrong: str,
    said: str,
) -> None:
    assert right in SMALL
    small.write_text(SMALL.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(said)) as refusal:
        load(database, small, settings, clock)
    assert str(small) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    with database.reading() as session:
        assert session.exec(select(City)).all() == []
        assert session.exec(select(AuditEntry)).all() == []


def test_name_taken_in_the_database_is_said_with_its_line_and_nothing_is_half_loaded(
    database: Database, settings: Settings, clock: HandClock, small: Path
) -> None:
    with database.transaction() as session:
        session.add(Theme(key="MINE", name="A theme"))
    with pytest.raises(ConfigurationError, match="line 50, themes: name: Another one has this already"):
        load(database, small, settings, clock)
    with database.reading() as session:
        assert session.exec(select(City)).all() == []


def test_missing_file_is_named(
    database: Database, settings: Settings, clock: HandClock, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="nowhere.toml cannot be read: No such file"):
        load(database, tmp_path / "nowhere.toml", settings, clock)


SEATED = """
[[people]]
name = "Elin Holm"
email = "elin@example.org"
city = "oslo"

[[seats]]
board = "main"
chairs = ["elin@example.org"]

[[seats]]
group = "G2"
members = ["elin@example.org", "Aino@example.org"]
"""


def test_seats_of_a_later_file_fill_what_is_empty_and_leave_what_is_not(
    database: Database, settings: Settings, clock: HandClock, small: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later.toml"
    later.write_text(SEATED, encoding="utf-8")
    with small.open("a", encoding="utf-8") as file:
        file.write('\n[[groups]]\nkey = "G2"\nname = "Nobody yet"\n')
    load(database, small, settings, clock)
    report = load(database, later, settings, clock)
    assert report.added == {"people": ["Elin Holm"], "seats": ["Nobody yet"]}
    assert report.kept == ["seats: Main Board (members)"]
    with database.reading() as session:
        seats = {(m.group.key, m.person.name, m.is_chair) for m in session.exec(select(GroupMember))}
        assert {one for one in seats if one[0] == "G2"} == {
            ("G2", "Elin Holm", False),
            ("G2", "Aino Suomalainen", False),
        }
        assert audit.verify(session).is_whole
    assert load(database, later, settings, clock).unchanged == {"people": 1, "seats": 1}


@pytest.mark.parametrize(
    ("seats", "said"),
    [
        ('group = "G9"', "line 2, seats: group: G9 is the key of none in [[groups]]"),
        ('board = "G1"', "line 2, seats: board: G1 is the key of none in [[boards]]"),
        ('group = "G1"\nboard = "main"', "line 2, seats: group: name one group or one board by its key"),
        ('members = ["aino@example.org"]', "line 1, seats: group: name one group or one board by its key"),
        ('group = "G1"\n[[seats]]\ngroup = "G1"', "line 4, seats: group: G1 stands on line 2 already"),
        ('board = "empty"\nchairs = ["nobody@example.org"]', "line 3, seats: chairs: nobody@example.org is"),
    ],
)
def test_seats_that_cannot_be_are_refused_with_their_line(
    database: Database,
    settings: Settings,
    clock: HandClock,
    small: Path,
    tmp_path: Path,
    seats: str,
    said: str,
) -> None:
    with small.open("a", encoding="utf-8") as file:
        file.write('\n[[boards]]\nkey = "empty"\nname = "Empty Board"\n')
    load(database, small, settings, clock)
    later = tmp_path / "later.toml"
    later.write_text(f"[[seats]]\n{seats}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        load(database, later, settings, clock)

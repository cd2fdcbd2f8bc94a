"""add-coordinator: whom it makes, on whose clock, and what it refuses with a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import Session, select

from exchange.commands.coordinators import coordinator_line, first_run_line, line_for_first_coordinator
from exchange.db import Database
from exchange.errors import ExchangeError
from exchange.models import AuditEntry, City, Person, Role
from exchange.settings import Settings
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock


class Console:
    """The commands, each in a transaction of its own."""

    def __init__(self, database: Database, settings: Settings, clock: HandClock) -> None:
        self.database, self.settings, self.clock = database, settings, clock

    def add(self, name: str, email: str, city: str = "", **settings: object) -> str:
        chosen = self.settings.model_copy(update=settings)
        with self.database.transaction() as session:
            return coordinator_line(session, name, email, city, settings=chosen, now=self.clock())

    def refused(self, *arguments: str, **settings: object) -> str:
        with pytest.raises(ExchangeError) as refusal:
            self.add(*arguments, **settings)
        return str(refusal.value)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.database.reading() as session:
            yield session


@pytest.fixture
def console(database: Database, settings: Settings, clock: HandClock) -> Console:
    return Console(database, settings, clock)


def test_first_one_brings_the_city_of_the_networks_clock(console: Console) -> None:
    assert console.add("Ylva Berg", "Ylva@example.org") == (
        "Ylva Berg coordinates the network, on the clock of London (Europe/London), which was added as the "
        "first city. They ask for a letter on http://127.0.0.1:8000/sign-in, or: "
        "python -m exchange sign-in-link ylva@example.org"
    )
    with console.reading() as session:
        city = session.exec(select(City)).one()
        assert (city.name, city.time_zone, city.holidays_country) == ("London", "Europe/London", "GB")
    said = console.add("Mona Falk", "mona@example.org")
    assert "added" not in said
    with console.reading() as session:
        assert len(session.exec(select(Person)).all()) == 2


def test_city_is_known_by_its_name_or_address_and_else_by_the_networks_clock(console: Console) -> None:
    with console.database.transaction() as session:
        for name in ("London", "Dublin", "Washington DC"):
            make_city(session, name)
    assert "Washington DC" in console.add("A", "a@example.org", "washington dc")
    assert "Dublin" in console.add("B", "b@example.org", "dublin")
    assert "London" in console.add("C", "c@example.org")
    assert console.refused("D", "d@example.org", "Oslo") == (
        "There is no city Oslo here: Dublin, London, Washington DC."
    )
    asked = console.refused("D", "d@example.org", network_time_zone="Asia/Tokyo")
    assert asked == "Say with --city on whose clock they work: Dublin, London, Washington DC."


def test_zone_of_no_country_makes_no_city(console: Console) -> None:
    said = console.refused("A", "a@example.org", network_time_zone="UTC")
    assert "No holidays calendar for country (none)" in said
    with console.reading() as session:
        assert session.exec(select(City)).all() == []


def test_who_is_here_gets_the_role_and_keeps_everything_else(console: Console) -> None:
    with console.database.transaction() as session:
        lea = make_person(
            session,
            "Lea Lead",
            city=make_city(session, "Dublin"),
            email="lea@example.org",
            roles=[Role.CITY_LEAD],
        )
    assert console.add("Somebody Else", "LEA@example.org").startswith("Lea Lead coordinates the network")
    with console.reading() as session:
        held = {one.role for one in session.get_one(Person, lea.id).roles}
        assert held == {Role.CITY_LEAD, Role.COORDINATOR}
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "give role")).one()
        assert entry.reason == "Made coordinator on the console"
    assert console.refused("Lea Lead", "lea@example.org") == "Lea Lead holds this role already."


@pytest.mark.parametrize("email", ["lea", "lea@", "", "a b@example.org"])
def test_address_that_cannot_be_is_refused(console: Console, email: str) -> None:
    assert console.refused("Lea Lead", email)
    with console.reading() as session:
        assert session.exec(select(Person)).all() == []


def test_who_left_the_network_is_not_brought_back_by_the_way(console: Console) -> None:
    with console.database.transaction() as session:
        make_person(session, "Lea", city=make_city(session), email="lea@example.org", is_active=False)
    assert console.refused("Lea", "lea@example.org").startswith("Lea has this address and left the network")


def test_console_prints_a_way_in_for_each_state(
    console: Console, settings: Settings, clock: HandClock
) -> None:
    with console.database.transaction() as session:
        line = line_for_first_coordinator(session, settings, clock())
    assert line.startswith(f"The first coordinator, within 20 minutes: {settings.base_url}/first-run/")
    console.add("Ylva Berg", "ylva@example.org")
    with console.database.transaction() as session:
        line = line_for_first_coordinator(session, settings, clock())
        assert line.startswith(f"Sign in: {settings.base_url}/sign-in/")
        with pytest.raises(ExchangeError, match="Somebody coordinates this network already"):
            first_run_line(session, settings, clock())

"""The values of the present request: the instant, the database, the settings, who reads.

Views call these; actions and queries are given what they need.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app, g
from sqlmodel import Session

from exchange.audit import wait_for_turn
from exchange.db import Database
from exchange.errors import Forbidden
from exchange.models import City, Person
from exchange.rules.cycles import StagePlan
from exchange.rules.timezones import wall_time
from exchange.settings import Settings
from exchange.web.permissions import Permission, permissions_of


@dataclass(frozen=True)
class House:
    """What one application holds for all its requests."""

    settings: Settings
    database: Database
    plan: StagePlan
    now: Callable[[], datetime]


@dataclass(frozen=True)
class Viewer:
    """Who reads this page: the person, with roles and city loaded, and the groups they sit in."""

    person: Person
    group_ids: frozenset[int]
    session_id: int

    def may(self, permission: Permission) -> bool:
        """Whether the person holds ``permission``."""
        return permission in permissions_of(self.person)


def house() -> House:
    """What this application holds."""
    held: House = current_app.extensions["exchange"]
    return held


def now() -> datetime:
    """The instant of this request, aware, in UTC; the same at each call."""
    if "now" not in g:
        g.now = house().now()
    instant: datetime = g.now
    return instant


def settings() -> Settings:
    """The settings of this application."""
    return house().settings


def stage_plan() -> StagePlan:
    """The stage plan of config/cycle.toml."""
    return house().plan


@contextmanager
def transaction() -> Iterator[Session]:
    """A writing session for one POST, committed whole at its end; it begins when other writers are done."""
    with house().database.transaction() as session:
        # Every deed ends in the audit trail. One that locked a city or a person first, by a change or by
        # a row that points there, and the trail only then, would lock in the other order than its
        # neighbour, and PostgreSQL would end one of them. Taking the trail first orders them all.
        wait_for_turn(session)
        yield session


def reading() -> AbstractContextManager[Session]:
    """A session that cannot write, for one GET."""
    return house().database.reading()


def viewer() -> Viewer | None:
    """Who is signed in; None for a visitor."""
    found: Viewer | None = g.get("viewer")
    return found


def signed_in() -> Viewer:
    """Who is signed in; raises Forbidden for a visitor."""
    found = viewer()
    if found is None:
        raise Forbidden("Sign in to see this page.")
    return found


def may(permission: Permission) -> bool:
    """Whether the reader of this page holds ``permission``."""
    found = viewer()
    return found is not None and found.may(permission)


def read_in(city: City) -> None:
    """Show this page on the clock of a city: for who comes by a personal link and is not signed in."""
    g.reader_city = city


def reader_city() -> City | None:
    """The city whose clock this page shows; None for a visitor."""
    chosen: City | None = g.get("reader_city")
    found = viewer()
    return chosen or (found.person.city if found else None)


def reader_time_zone() -> str:
    """The zone times are shown in first: the reader's city's, the network's for a visitor."""
    city = reader_city()
    return city.time_zone if city else settings().network_time_zone


def today() -> date:
    """The date of this request on the reader's wall."""
    return wall_time(now(), reader_time_zone()).on

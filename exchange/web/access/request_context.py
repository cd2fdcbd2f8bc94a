"""The values of the present request: the instant, the database, the settings, who reads.

Views call these; actions and queries are given what they need.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from flask import current_app, g, request
from sqlmodel import Session

from exchange.audit import wait_for_turn
from exchange.db import Database
from exchange.errors import Forbidden
from exchange.health.measurements import Measurements
from exchange.health.schema_version import SchemaWatch
from exchange.models import City, Person
from exchange.rules.access import policy
from exchange.rules.access.policy import Right
from exchange.rules.access.standing import NOBODY, Standing
from exchange.rules.access.things import Thing
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.rules.time.observances import Observance
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings
from exchange.system.outages import OutageLog
from exchange.web.access.guess_limits import GuessCounter
from exchange.web.access.permissions import Permission, permissions_of
from exchange.web.access.rate_limits import TooManyTries


@dataclass(frozen=True)
class Installation:
    """What one application holds for all its requests."""

    settings: Settings
    database: Database
    plan: StagePlan
    observances: Sequence[Observance]
    profiles: Profiles
    now: Callable[[], datetime]
    schema: SchemaWatch
    measured: Measurements
    guesses: GuessCounter = field(default_factory=GuessCounter)
    outages: OutageLog = field(default_factory=OutageLog)


@dataclass(frozen=True)
class Viewer:
    """Who reads this page: the person, with roles and city loaded, and how they stand at this moment."""

    person: Person
    standing: Standing
    session_id: int
    proved_at: datetime | None = None  # when they last proved that it is they
    factor_due_at: datetime | None = None  # by when they must set up a second factor

    def may(self, permission: Permission) -> bool:
        """Whether the person holds ``permission``."""
        return permission in self.permissions

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """All that the person may do, as they stand at this moment."""
        return permissions_of(self.person, self.standing)


def installation() -> Installation:
    """What this application holds."""
    held: Installation = current_app.extensions["exchange"]
    return held


def now() -> datetime:
    """The instant of this request, aware, in UTC; the same at each call."""
    if "now" not in g:
        g.now = installation().now()
    instant: datetime = g.now
    return instant


def settings() -> Settings:
    """The settings of this application."""
    return installation().settings


def stage_plan() -> StagePlan:
    """The stage plan of config/cycle.toml."""
    return installation().plan


def observances() -> Sequence[Observance]:
    """The observances of config/observances.toml."""
    return installation().observances


def profiles() -> Profiles:
    """The profiles of preparation of config/training.toml."""
    return installation().profiles


@contextmanager
def transaction() -> Iterator[Session]:
    """A writing session for one POST, committed at its end; it begins when other writers are done."""
    with installation().database.transaction() as session:
        # Every change ends in the audit trail. One that locked a city or a person first, by a change or by
        # a row that points there, and the trail only then, would lock in the other order than its
        # neighbour, and PostgreSQL would end one of them. Taking the trail first orders them all.
        wait_for_turn(session)
        yield session


def reading() -> AbstractContextManager[Session]:
    """A session that cannot write, for one GET."""
    return installation().database.reading()


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


def note_guess() -> None:
    """An address that should be secret was asked for and is unknown. Raises TooManyTries after too many."""
    seconds = installation().guesses.retry_seconds(request.remote_addr, now())
    if seconds is not None:
        raise TooManyTries(seconds)


def may(permission: Permission) -> bool:
    """Whether the reader of this page holds ``permission``."""
    found = viewer()
    return found is not None and found.may(permission)


def standing() -> Standing:
    """How the reader of this page stands; a visitor as nobody."""
    found = viewer()
    return found.standing if found else NOBODY


def allowed(right: Right, thing: Thing) -> bool:
    """Whether the policy gives the reader of this page a right on a thing."""
    return policy.may(standing(), right, thing)


def read_in(city: City) -> None:
    """Show this page on the clock of a city: for who comes by a personal link and is not signed in."""
    g.reader_city = city


def read_by_link(person: Person) -> None:
    """This page is opened by a link of ``person``, who need not be signed in."""
    g.link_reader = person
    read_in(person.city)


def acting() -> Person | None:
    """Who this request is by, as far as anybody can tell: who is signed in, or else whose link it came by."""
    found = viewer()
    by_link: Person | None = g.get("link_reader")
    return found.person if found else by_link


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

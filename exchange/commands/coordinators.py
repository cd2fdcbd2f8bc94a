"""Ways in for who runs the machine: coordinators made on the console, links that sign in, factors reset.

Each function of a line returns what its command prints.
"""

from datetime import datetime

import click
from sqlmodel import Session

from exchange import audit
from exchange.accounts.actions import make_sign_in_link
from exchange.accounts.factor_actions import reset_factor
from exchange.accounts.queries import person_with_address
from exchange.clock import utc_now
from exchange.commands.opened_database import opened
from exchange.commands.printed import say
from exchange.errors import NotFound
from exchange.first_start.actions import Coordinated, NewCoordinator, add_coordinator
from exchange.first_start.cities import all_cities, city_named
from exchange.first_start.console_addresses import console_address
from exchange.models import City, Person
from exchange.network.queries import first_coordinator
from exchange.settings import Settings, installed_settings, load_settings


def line_for_first_coordinator(session: Session, settings: Settings, now: datetime) -> str:
    """A sign-in link for the first coordinator; while there is none, the address that makes one."""
    person = first_coordinator(session)
    if person is None:
        return first_run_line(session, settings, now)
    return f"Sign in: {make_sign_in_link(session, person, settings=settings, now=now)}"


def first_run_line(session: Session, settings: Settings, now: datetime) -> str:
    """The address of the page that makes the first coordinator. Raises Coordinated when there is one."""
    if first_coordinator(session) is not None:
        raise Coordinated(
            "Somebody coordinates this network already. To sign in: python -m exchange sign-in-link EMAIL;"
            " to make another coordinator: python -m exchange add-coordinator NAME EMAIL."
        )
    minutes = settings.sign_in_minutes
    return f"The first coordinator, within {minutes} minutes: {console_address(settings, now)}"


def coordinator_line(
    session: Session, name: str, email: str, city: str, *, settings: Settings, now: datetime
) -> str:
    """Make a coordinator, and say on whose clock they work and how they sign in.

    Raises InvalidInput and NotFound with what is wrong about address or city.
    """
    audit.wait_for_turn(session)
    chosen = city_named(all_cities(session), city, settings)
    new = NewCoordinator(name, email, chosen)
    person = add_coordinator(session, new, settings=settings, now=now)
    place = session.get_one(City, person.city_id)
    added = "" if isinstance(chosen, City) else ", which was added as the first city"
    way = f"python -m exchange sign-in-link {person.email}"
    return (
        f"{person.name} coordinates the network, on the clock of {place.name} ({place.time_zone}){added}."
        f" They ask for a letter on {settings.base_url}/sign-in, or: {way}"
    )


def sign_in_line(session: Session, email: str, *, settings: Settings, now: datetime) -> str:
    """A link that signs the person with this address in once. Raises NotFound."""
    person = _person_at(session, email)
    return f"Sign in: {make_sign_in_link(session, person, settings=settings, now=now)}"


def reset_line(session: Session, email: str, *, settings: Settings, now: datetime) -> str:
    """Take a lost second factor away, end their sessions, and tell them by letter. Raises NotFound."""
    person = _person_at(session, email)
    reset_factor(session, person, actor=None, settings=settings, now=now)
    return f"{person.name} can sign in by letter and set up a new second factor."


def _person_at(session: Session, email: str) -> Person:
    person = person_with_address(session, email)
    if person is None:
        raise NotFound("Nobody in the network has the address %(email)s.", email=email[:80])
    return person


@click.command("first-run")
def first_run() -> None:
    """Print the address of the page that makes the first coordinator, while there is none."""
    settings = installed_settings()
    with opened(settings) as database, database.reading() as session:
        say(first_run_line(session, settings, utc_now()))


@click.command("add-coordinator")
@click.argument("name")
@click.argument("email")
@click.option("--city", default="", help="City on whose clock they work; the network's own.")
def make_coordinator(name: str, email: str, city: str) -> None:
    """Make NAME at EMAIL a coordinator, the first one or another."""
    settings = load_settings()
    with opened(settings) as database, database.transaction() as session:
        line = coordinator_line(session, name, email, city, settings=settings, now=utc_now())
    say(line)


@click.command("sign-in-link")
@click.argument("email")
def sign_in_link(email: str) -> None:
    """Print a link that signs the person with this address in once."""
    settings = load_settings()
    with opened(settings) as database, database.transaction() as session:
        line = sign_in_line(session, email, settings=settings, now=utc_now())
    say(line)


@click.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take away the second factor of who lost it, end their sessions, and tell them by letter."""
    settings = load_settings()
    with opened(settings) as database, database.transaction() as session:
        line = reset_line(session, email, settings=settings, now=utc_now())
    say(line)

"""Makers of rows for tests: each with defaults that pass the constraints, keywords to say otherwise."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TypeVar
from uuid import uuid4

from sqlmodel import Session

from exchange.models import (
    City,
    Cycle,
    ExpertGroup,
    GroupMember,
    Membership,
    MembershipStatus,
    Person,
    PersonRole,
    Role,
    Sitting,
    Stage,
    Theme,
    TrainingEvent,
)
from exchange.rules.asks.standing_questions import with_standing
from exchange.rules.asks.templates_file import read_ask_templates
from exchange.rules.programme.cycles import read_stage_plan, session_on, stages_for
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import CONFIG, read_toml

MADE_AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
C5_STARTS_ON = date(2027, 10, 4)  # the fifth cycle of 2027; its session falls into a 5-hour week

CITY_DATA = {  # time zone, country, subdivision, categories
    "Stockholm": ("Europe/Stockholm", "SE", "", ["public", "de_facto"]),
    "London": ("Europe/London", "GB", "ENG", ["public"]),
    "Washington DC": ("America/New_York", "US", "DC", ["public"]),
    "Sydney": ("Australia/Sydney", "AU", "NSW", ["public"]),
    "Auckland": ("Pacific/Auckland", "NZ", "AUK", ["public"]),
    "Dublin": ("Europe/Dublin", "IE", "", ["public"]),
    "Vancouver": ("America/Vancouver", "CA", "BC", ["public"]),
}

Row = TypeVar("Row")

_numbers = itertools.count(1)


@cache
def stage_plan() -> StagePlan:
    """The plan of config/cycle.toml, with the standing questions of config/asks.toml."""
    templates = read_ask_templates(read_toml(CONFIG / "asks.toml"))
    return with_standing(read_stage_plan(read_toml(CONFIG / "cycle.toml")), templates)


def make_city(
    session: Session,
    name: str = "Stockholm",
    *,
    status: MembershipStatus | None = MembershipStatus.MEMBER,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **fields: object,
) -> City:
    """A city with one membership (none when ``status`` is None)."""
    zone, country, subdivision, categories = CITY_DATA.get(name, ("Europe/London", "GB", "ENG", ["public"]))
    values: dict[str, object] = {
        "slug": name.lower().replace(" ", "-"),
        "name": name,
        "time_zone": zone,
        "holidays_country": country,
        "holidays_subdivision": subdivision,
        "holidays_categories": categories,
    }
    city = City(**(values | fields))
    if status is not None:
        city.memberships = [Membership(status=status, starts_on=starts_on, ends_on=ends_on)]
    return _added(session, city)


def make_person(
    session: Session,
    name: str = "",
    *,
    city: City,
    roles: Iterable[Role] = (Role.CITY_CONTACT,),
    **fields: object,
) -> Person:
    """A person with an address on example.org."""
    number = next(_numbers)
    values: dict[str, object] = {
        "name": name or f"Person {number}",
        "email": f"person{number}@example.org",
        "city_id": city.id,
    }
    person = Person(**(values | fields))
    person.roles = [PersonRole(role=role) for role in roles]
    return _added(session, person)


def make_theme(session: Session, name: str = "", **fields: object) -> Theme:
    """A theme of the catalogue."""
    number = next(_numbers)
    values: dict[str, object] = {"key": f"X{number}", "name": name or f"Theme {number}"}
    return _added(session, Theme(**(values | fields)))


def make_group(
    session: Session,
    name: str = "",
    *,
    members: Iterable[Person] = (),
    chair: Person | None = None,
    **fields: object,
) -> ExpertGroup:
    """An expert group with its members; the chair is one of them."""
    number = next(_numbers)
    values: dict[str, object] = {"key": f"X{number}", "name": name or f"Group {number}"}
    group = ExpertGroup(**(values | fields))
    seated = [*members, *([chair] if chair and chair not in members else [])]
    group.members = [GroupMember(person_id=person.id, is_chair=person is chair) for person in seated]
    return _added(session, group)


def make_cycle(
    session: Session,
    *,
    lead_city: City,
    cities: Sequence[City] = (),
    groups: Sequence[ExpertGroup] = (),
    theme: Theme | None = None,
    sittings: Sequence[tuple[time, str]] = ((time(14), "Europe/London"),),
    is_published: bool = True,
    **fields: object,
) -> Cycle:
    """A cycle with the stages of the default plan and its sittings (local time, zone) on the session day.

    C5 of 2027 and published, unless said otherwise.
    """
    theme = theme or make_theme(session)
    values: dict[str, object] = {
        "theme_id": theme.id,
        "lead_city_id": lead_city.id,
        "title": theme.name,
        "starts_on": C5_STARTS_ON,
        "marking": "TLP:GREEN",
        "created_at": MADE_AT,
        "changed_at": MADE_AT,
        "published_at": MADE_AT if is_published else None,
    }
    cycle = Cycle(**(values | fields))
    cycle.cities, cycle.groups = list(cities), list(groups)
    dates = stages_for(stage_plan(), cycle.starts_on, duration_weeks=cycle.duration_weeks)
    cycle.stages = [
        Stage(
            key=stage.key,
            name=stage.name,
            owner=stage.owner,
            position=position,
            starts_on=stage.starts_on,
            ends_on=stage.ends_on,
            uid=f"{uuid4()}@exchange",
            changed_at=cycle.changed_at,
        )
        for position, stage in enumerate(dates, start=1)
    ]
    on_local = session_on(stage_plan(), dates)
    cycle.sittings = [
        Sitting(
            number=number,
            on_local=on_local,
            starts_local=at,
            time_zone=time_zone,
            minutes=90,
            uid=f"{uuid4()}@exchange",
            changed_at=cycle.changed_at,
        )
        for number, (at, time_zone) in enumerate(sittings, start=1)
    ]
    return _added(session, cycle)


def make_training(
    session: Session,
    *,
    host_city: City,
    cities: Sequence[City] = (),
    groups: Sequence[ExpertGroup] = (),
    is_published: bool = True,
    **fields: object,
) -> TrainingEvent:
    """A table-top, Thu 11 March 2027 at 10:00 in the host city, 3 h; published unless said otherwise."""
    values: dict[str, object] = {
        "kind": "table-top",
        "title": f"Training {next(_numbers)}",
        "host_city_id": host_city.id,
        "mode": "in person",
        "on_local": date(2027, 3, 11),
        "starts_local": time(10),
        "time_zone": host_city.time_zone,
        "minutes": 180,
        "marking": "TLP:GREEN",
        "state": "confirmed",
        "created_at": MADE_AT,
        "changed_at": MADE_AT,
        "published_at": MADE_AT if is_published else None,
        "uid": f"{uuid4()}@exchange",
    }
    training = TrainingEvent(**(values | fields))
    training.cities, training.groups = list(cities), list(groups)
    return _added(session, training)


def _added(session: Session, row: Row) -> Row:
    """The row with its id."""
    session.add(row)
    session.flush()
    return row

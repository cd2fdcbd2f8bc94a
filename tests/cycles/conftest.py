"""A small network for the tests of cycles: five cities, two groups, and people who are signed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.cycles.actions import open_cycle
from exchange.cycles.drafts import CycleDraft, SittingTime
from exchange.db import Database
from exchange.models import (
    City,
    Cycle,
    ExpertGroup,
    MembershipStatus,
    Person,
    QuietPeriod,
    Role,
    Theme,
    WebSession,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.tokens import digest
from tests.factories import make_city, make_group, make_person, make_theme, stage_plan

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEADS = ("Stockholm", "London", "Washington DC")
AFTERNOON = SittingTime(time(14), "Europe/London")


@dataclass
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    cities: dict[str, City]
    theme: Theme
    other_theme: Theme
    group: ExpertGroup
    coordinator: Person
    contact: Person  # of Sydney
    expert: Person  # of London, in the group


@pytest.fixture
def net(database: Database) -> Net:
    """The network, saved."""
    with database.transaction() as session:
        return make_net(session)


def make_net(session: Session) -> Net:
    cities = {
        name: make_city(
            session, name, status=MembershipStatus.LEAD if name in LEADS else MembershipStatus.MEMBER
        )
        for name in (*LEADS, "Sydney", "Auckland")
    }
    for name, first, last, where in (
        ("Summer", "W28", "W31", ("Stockholm",)),
        ("Christmas", "12-20", "01-06", LEADS),
    ):
        for city in where:
            session.add(QuietPeriod(city_id=cities[city].id or 0, name=name, first=first, last=last))
    expert = make_person(session, "Edda Expert", city=cities["London"], roles=[Role.EXPERT])
    return Net(
        cities=cities,
        theme=make_theme(session, "Hostile drones in urban areas"),
        other_theme=make_theme(session, "Communicating with the public"),
        group=make_group(session, "Hostile drones", chair=expert),
        coordinator=make_person(
            session, "Cora Coordinator", city=cities["Stockholm"], roles=[Role.COORDINATOR]
        ),
        contact=make_person(session, "Sid Contact", city=cities["Sydney"]),
        expert=expert,
    )


def a_draft(net: Net, starts_on: date = date(2027, 1, 11), **fields: object) -> CycleDraft:
    """A draft led by Stockholm, with London contributing, that nothing stops."""
    values: dict[str, object] = {
        "theme_id": net.theme.id,
        "lead_city_id": net.cities["Stockholm"].id,
        "city_ids": frozenset({net.cities["London"].id}),
        "group_ids": frozenset({net.group.id}),
        "starts_on": starts_on,
        "marking": Marking.GREEN,
        "sittings": (AFTERNOON,),
    }
    return CycleDraft(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def opened(session: Session, net: Net, starts_on: date = date(2027, 1, 11), **fields: object) -> Cycle:
    """The draft, saved."""
    named = (net.coordinator.email,) if fields.get("marking") == Marking.RED else ()
    draft = a_draft(net, starts_on, **({"named": named} | fields))
    return open_cycle(session, draft, plan=stage_plan(), actor=net.coordinator, now=NOW)


SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def sign_in(app: Flask, database: Database) -> Iterator[SignIn]:
    """A browser in which somebody is signed in."""

    def browser(person: Person) -> FlaskClient:
        token = f"token-of-{person.id}"
        with database.transaction() as session:
            session.add(
                WebSession(
                    token_digest=digest(token),
                    person_id=person.id or 0,
                    created_at=NOW - timedelta(days=1),
                    expires_at=NOW + timedelta(days=2000),
                    last_seen_at=NOW + timedelta(days=1000),  # the clock of these tests jumps
                    proved_at=NOW + timedelta(days=1000),
                )
            )
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["token"] = token
        return client

    return browser


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    """The coordinator's browser."""
    return sign_in(net.coordinator)


def typed(net: Net, **fields: object) -> dict[str, object]:
    """What a coordinator types into the form of a new cycle; a keyword None leaves a field out."""
    values: dict[str, object] = {
        "theme_id": net.theme.id,
        "title": "",
        "lead_city_id": net.cities["Stockholm"].id,
        "cities": [net.cities["London"].id],
        "groups": [net.group.id],
        "starts_on": "2027-01-11",
        "duration_weeks": "8",
        **{f"stage_weeks-{n}": "1" for n in range(8)},
        "session_on": "",
        "at": "14:00",
        "time_zone": "Europe/London",
        "minutes": "90",
        "sittings": "1",
        "second_at": "08:00",
        "second_time_zone": "Europe/London",
        "marking": "TLP:GREEN",
        "reason": "",
    }
    return {key: value for key, value in (values | fields).items() if value is not None}

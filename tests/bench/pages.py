"""Busy pages with four years of programme, beside a bare Flask page of the same bytes."""

import time
from collections.abc import Callable
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from exchange.accounts.actions import make_sign_in_link
from exchange.app import create_app
from exchange.models import Cycle, Person, PersonRole, Role
from exchange.settings import Settings
from exchange.web.logs import configure_logs
from exchange.web.request import House
from tests.bench.house import NOW, four_years
from tests.statements import counted

ROUNDS = 60


def measure() -> None:
    """Print for each page: its median time, the bare page's, the ratio, the statements, the bytes."""
    configure_logs("ERROR")
    with four_years() as settings:
        app = create_app(settings, now=lambda: NOW)
        house: House = app.extensions["exchange"]
        client = app.test_client()
        _sign_in(client, house, settings)
        with house.database.reading() as session:
            cycle_id = session.exec(select(Cycle.id).order_by(col(Cycle.starts_on))).first()
        print(
            f"{'page, four years of programme':32} {'median':>9} {'bare':>9}"
            f" {'ratio':>7} {'statements':>11} bytes"
        )
        for name, path in (
            ("home, as coordinator", "/?year=2027"),
            ("a cycle, as coordinator", f"/cycles/{cycle_id}"),
            ("training events", "/trainings"),
        ):
            print(_row(name, path, client, house))
        print(_row("home, as visitor", "/?year=2027", app.test_client(), house))
        house.database.dispose()


def _row(name: str, path: str, client: FlaskClient, house: House) -> str:
    body = client.get(path).data
    with counted(house.database) as statements:
        assert client.get(path).status_code == 200
    bare_client = _bare_page(body).test_client()
    ours, bare = _in_turn(lambda: client.get(path).data, lambda: bare_client.get("/").data)
    return (
        f"{name:32} {ours * 1000:6.1f} ms {bare * 1000:6.2f} ms {ours / bare:7.1f}"
        f" {len(statements):11} {len(body):,}"
    )


def _in_turn(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of each, taken alternately, so that a busy moment hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for one, taken in zip((first, second), times, strict=True):
            began = time.perf_counter()
            one()
            taken.append(time.perf_counter() - began)
    return median(times[0]), median(times[1])


def _bare_page(body: bytes) -> Flask:
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: body)
    return bare


def _sign_in(client: FlaskClient, house: House, settings: Settings) -> None:
    with house.database.transaction() as session:
        link = make_sign_in_link(session, _coordinator(session), settings=settings, now=NOW)
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert client.post(link.removeprefix(settings.base_url)).status_code == 303
    assert client.get("/letters").status_code == 200  # only people who are signed in come here


def _coordinator(session: Session) -> Person:
    coordinators = select(PersonRole.person_id).where(PersonRole.role == Role.COORDINATOR)
    return session.exec(select(Person).where(col(Person.id).in_(coordinators))).first()  # type: ignore[return-value]  # the network has one

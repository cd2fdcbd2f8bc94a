"""Two people who write at the same moment: both changes are made, one after the other."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import select

from exchange.db import Database
from exchange.models import City, Cycle, Role
from tests.cycles.conftest import Net, SignIn, typed
from tests.factories import make_person
from tests.network.test_cities import field_values

PATIENCE_SECONDS = 0.5  # longer than the other's statement needs when nothing keeps it


def test_opening_a_cycle_while_its_city_is_renamed_does_both(
    app: Flask, database: Database, net: Net, sign_in: SignIn, coordinator: FlaskClient
) -> None:
    """One held the city by a row that points there and waited for the trail, the other held the trail
    and waited for the city: PostgreSQL ended one of them, and its coordinator was answered with 500."""
    with database.transaction() as session:
        other = make_person(session, city=net.cities["London"], roles=[Role.COORDINATOR])
    renaming = sign_in(other)
    address = "/network/cities/stockholm/edit"
    form = field_values(renaming.get(address).text) | {"name": "Stockholms stad"}
    statuses: dict[str, int] = {}

    def send(browser: FlaskClient, path: str, data: Mapping[str, object]) -> None:
        statuses[path] = browser.post(path, data=data).status_code

    opening = threading.Thread(
        target=send, args=(coordinator, "/cycles/new", typed(net, save="1")), name="opening"
    )
    with _meeting_halfway(app) as has_inserted:
        opening.start()
        assert has_inserted.wait(20)
        send(renaming, address, form)
        opening.join()
    assert statuses == {"/cycles/new": 303, address: 303}
    with database.reading() as session:
        assert session.exec(select(Cycle)).one().lead_city_id == net.cities["Stockholm"].id
        assert session.exec(select(City).where(City.slug == "stockholm")).one().name == "Stockholms stad"


@contextmanager
def _meeting_halfway(app: Flask) -> Iterator[threading.Event]:
    """Let the thread "opening" rest after its first row until the other has the trail, or cannot have it."""
    has_inserted, has_trail = threading.Event(), threading.Event()

    def meet(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        is_opening = threading.current_thread().name == "opening"
        if is_opening and statement.startswith("INSERT INTO cycle "):
            has_inserted.set()
            has_trail.wait(PATIENCE_SECONDS)
        elif not is_opening and "FROM audit_head" in statement:
            has_trail.set()

    engine = app.extensions["exchange"].database.engine
    event.listen(engine, "after_cursor_execute", meet)
    yield has_inserted
    event.remove(engine, "after_cursor_execute", meet)

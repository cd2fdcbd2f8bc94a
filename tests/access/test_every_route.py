"""Every route, by every role and ended right, over things of every marking: nothing told that may not be.

Made from the url_map and the policy: a route with an argument that the world does not know fails.
"""

import html
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlmodel import func, select

from exchange.db import Database
from exchange.models import AuditEntry, Feed, FeedKind, Person
from exchange.rules.access.things import Kind
from exchange.web.access.permissions import PUBLIC, SIGNED_IN, Permission, needed_by, permissions_of
from exchange.web.access.probes import READY
from tests.access.routes import ON_SQLITE, addresses, browsers
from tests.access.world import World
from tests.sign_in import SignIn


@ON_SQLITE
@pytest.mark.slow
def test_no_page_tells_what_its_reader_may_not_know(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    told: list[str] = []
    seen: dict[str, set[str]] = {}
    everybody = browsers(world, database, app, sign_in)
    paths = list(addresses(app, world, "GET"))
    assert {endpoint for endpoint, _ in paths} >= {
        rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
    } - {"static"}
    for name, browser in everybody.items():
        standing = world.standings[name]
        for endpoint, path in paths:
            answer = browser.get(path)
            is_fault = answer.status_code >= 500 and (path, answer.status_code) != (
                READY,
                503,
            )  # no clock runs
            assert not is_fault, (name, path)
            text = _text_of(answer.data) + str(answer.headers)
            for canary in world.told(text):
                seen.setdefault(canary.text, set()).add(name)
                if not canary.is_for(standing):
                    told.append(f"{name} at {endpoint} {path} reads {canary.text}")
    assert told == []
    readable = [one for one in world.canaries if any(map(one.is_for, world.standings.values()))]
    unread = [one.text for one in readable if one.text not in seen and _has_a_page(one.thing.kind)]
    assert unread == []  # else nothing is shown by showing nothing


def _text_of(content: bytes) -> str:
    """What stands in an answer; of an archive, what stands in its files."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return html.unescape(content.decode("utf-8", "replace"))


def _has_a_page(kind: Kind) -> bool:
    """A draft of a product is read on its page; every other thing has one of its own."""
    return kind is not Kind.DRAFT


@ON_SQLITE
@pytest.mark.slow
def test_no_form_changes_anything_for_who_may_not_send_it(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    everybody = browsers(world, database, app, sign_in)
    paths = list(addresses(app, world, "POST"))
    before = entries(database)
    for name, browser in everybody.items():
        for endpoint, path in paths:
            needed = needed_by(app.view_functions[endpoint])
            if needed == PUBLIC or _holds(world, database, name, needed):
                continue
            status = browser.post(path, data={"do": "save", "version": "1"}).status_code
            assert status in {303, 403, 404}, (name, path, status)
        assert entries(database) == before, name


def _holds(world: World, database: Database, name: str, needed: object) -> bool:
    if needed == SIGNED_IN:
        return name != "visitor"
    if name == "visitor" or not isinstance(needed, Permission):
        return False
    with database.reading() as session:
        person = session.get_one(Person, world.people[name])
        return needed in permissions_of(person, world.standings[name])


def entries(database: Database) -> int:
    """How much was ever done, refusals and sign-ins aside."""
    with database.reading() as session:
        quiet = AuditEntry.action.not_like("%refused%")  # type: ignore[attr-defined]  # a column
        return session.exec(select(func.count()).select_from(AuditEntry).where(quiet)).one()


def test_who_takes_part_has_the_address_of_no_calendar_but_their_own(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    """An expert who lives in a city is no contact of it."""
    everybody = browsers(world, database, app, sign_in)
    with database.reading() as session:
        feeds = {feed.id: feed for feed in session.exec(select(Feed))}
        of_stockholm = [
            one.id
            for one in feeds.values()
            if one.kind == FeedKind.CITY and one.city and one.city.slug == "stockholm"
        ]
    (feed_id,) = of_stockholm
    may_read = {
        name for name, browser in everybody.items() if browser.get(f"/feeds/{feed_id}").status_code == 200
    }
    assert may_read == {"coordinator", "named coordinator", "lead"}

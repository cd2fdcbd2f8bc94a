"""Every address of every route, and everybody of the world in a browser of their own."""

from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from exchange.db import Database
from exchange.models import Person
from tests.access.world import World
from tests.sign_in import SignIn

# Arguments whose values are words of the address, not ids of things. Tokens are tried in tests/attacks.
WORDS: dict[str, tuple[object, ...]] = {
    "kind": ("cities", "groups", "boards", "organisations", "themes"),
    "key": ("launch", "E1", "network"),
    "what": ("city", "person", "problem", "plan"),
    "place": ("chair", "member"),
    "part": ("programme", "cycles", "trainings"),
    "milestone": ("fpm", "review"),
    "year": (2027,),
    "ending": ("csv", "html", "odt", "pdf"),
    "turn": ("report", "conference", "exercise"),
    "token": ("A" * 43,),
    "slug": ("my-data", "exercise-report"),
    "door": ("t1-aaaaaaaa",),
}
ABSENT = (
    "nomination_id",
    "plan_id",
    "calendar_id",
    "span_id",
    "mail_id",
    "mark_id",
    "comment_id",
    "entry_id",
    "body_id",
    "letter_id",
    "session_id",
    "passkey_id",
    "account_id",
)
MOST = 12  # addresses of one route: every id where it has one argument, a spread where it has more

# Rights are the same on either database; tests/attacks tries them on both.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def addresses(app: Flask, world: World, method: str) -> Iterator[tuple[str, str]]:
    """Every address of every route that takes the method, with its endpoint."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and method in (rule.methods or ()):
            yield from ((rule.endpoint, path) for path in _paths(app, world, rule))


def _paths(app: Flask, world: World, rule: Rule) -> Iterator[str]:
    names = sorted(rule.arguments)
    values = [_values(world, name, rule) for name in names]
    chosen = list(product(*values))
    step = max(1, len(chosen) // MOST) if len(names) > 1 else 1
    with app.test_request_context():
        for one in chosen[::step]:
            try:
                built = app.url_map.bind("localhost").build(rule.endpoint, dict(zip(names, one, strict=True)))
            except Exception:
                continue
            yield built


def _values(world: World, name: str, rule: Rule) -> list[object]:
    if name in world.ids:
        return sorted(world.ids[name], key=str)
    if name in WORDS:
        return list(WORDS[name])
    assert name in ABSENT, f"{rule.rule}: say in tests/access what {name} may be"
    return [1]


def browsers(world: World, database: Database, app: Flask, sign_in: SignIn) -> dict[str, FlaskClient]:
    """Everybody signed in; who is deactivated was so before."""
    found = {"visitor": app.test_client()}
    with database.reading() as session:
        people = {name: session.get_one(Person, one) for name, one in world.people.items()}
    for name, person in people.items():
        is_active = person.is_active
        if not is_active:
            with database.transaction() as session:
                session.get_one(Person, person.id).is_active = True
        found[name] = sign_in(person)
        if not is_active:
            with database.transaction() as session:
                session.get_one(Person, person.id).is_active = False
    return found

"""What is kept from somebody answers as what is not there: the same status, the same words.

Every route with the id of a cycle or an event, also one that names no permission to plan.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.access.product_things import about, thing_of_draft, thing_of_product
from exchange.access.things import thing_of_cycle, thing_of_training
from exchange.db import Database
from exchange.models import Cycle, Product, TrainingEvent
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Thing
from tests.access.routes import ON_SQLITE, WORDS, browsers
from tests.access.world import World
from tests.sign_in import SignIn

NOBODYS = 987654
_NOUNS = ("cycle_id", "training_id", "product_id")
# One for each way of knowing: the others of the world know as much as one of these.
READERS = (
    "visitor",
    "coordinator",
    "uninvited contact",
    "expert",
    "auditor",
    "nobody",
    "lead of a city that left",
)


@dataclass(frozen=True)
class Pair:
    """A route with the id of a thing, and with an id of nothing."""

    endpoint: str
    row_id: int
    thing: Thing
    product: Thing | None
    hidden: str
    absent: str


@ON_SQLITE
@pytest.mark.slow
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_hidden_reads_like_what_is_absent(
    app: Flask, database: Database, world: World, sign_in: SignIn, method: str
) -> None:
    """Planners' routes said "no such page" of what is TLP:RED, and "no such cycle" of what is not there."""
    pairs = list(_pairs(app, database, world, method))
    told = []
    everybody = browsers(world, database, app, sign_in)
    for name in READERS:
        browser = everybody[name]
        for pair in pairs:
            if _knows(world.standings[name], pair):
                continue
            hidden = _said(browser, method, pair.hidden, pair.row_id)
            absent = _said(browser, method, pair.absent, NOBODYS)
            if hidden != absent:
                told.append(f"{name} at {pair.endpoint} of {pair.thing.marking}: {hidden} and {absent}")
    assert not told, "\n".join(told)


def _knows(standing: Standing, pair: Pair) -> bool:
    """Whether the reader may know of the thing, or of the product that the route leads to."""
    leads_there = pair.endpoint.startswith(("products.", "figures.report"))
    if leads_there and pair.product is not None and may(standing, Right.READ, pair.product):
        return True
    return may(standing, Right.READ, pair.thing) or may(standing, Right.CHANGE, pair.thing)


def _pairs(app: Flask, database: Database, world: World, method: str) -> Iterator[Pair]:
    with database.reading() as session:
        cycles = {one: thing_of_cycle(session.get_one(Cycle, one)) for one in world.ids["cycle_id"]}
        events = {
            one: thing_of_training(session.get_one(TrainingEvent, one)) for one in world.ids["training_id"]
        }
        found = session.exec(select(Product)).all()
        products = {one.cycle_id: thing_of_product(one, one.cycle) for one in found if one.is_note}
        outs = {one.id: thing_of_product(one, about(one)) for one in found}
        drafts = {one.id: thing_of_draft(about(one), one) for one in found}
    of = {"cycle_id": (cycles, products), "training_id": (events, {}), "product_id": (drafts, outs)}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.arguments.isdisjoint(_NOUNS):
            continue
        key = next(noun for noun in _NOUNS if noun in rule.arguments)
        things, products = of[key]
        rest = {name: WORDS.get(name, (1,))[0] for name in rule.arguments - {key}}
        if "what" in rest:
            rest["what"] = "party"
        absent = adapter.build(rule.endpoint, {**rest, key: NOBODYS}, method)
        for row_id, thing in things.items():
            hidden = adapter.build(rule.endpoint, {**rest, key: row_id}, method)
            number = int(str(row_id))
            yield Pair(rule.endpoint, number, thing, products.get(number), hidden, absent)


def _said(browser: FlaskClient, method: str, path: str, row_id: int) -> tuple[int, str, str]:
    """The status, the words of the page without the id, and where it leads."""
    answer = browser.open(path, method=method)
    main = answer.text[answer.text.find("<main") :]
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())
    place = unquote(answer.headers.get("Location", ""))
    return answer.status_code, *(re.sub(rf"\b{row_id}\b", "ID", text) for text in (words, place))

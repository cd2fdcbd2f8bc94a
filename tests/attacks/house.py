"""A served installation with things of every marking, and visitors who try what they may not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from sqlmodel import Session, col, func, select

from exchange import clock
from exchange.accounts.actions import make_sign_in_link
from exchange.answering.personal_links import link_for, task_of
from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds, publish_stale
from exchange.feeds.subscriptions.secret_addresses import current_address
from exchange.models import (
    AskAddressee,
    AuditEntry,
    Contribution,
    Cycle,
    Feed,
    Invitation,
    Person,
    PersonRole,
    ProductReviewer,
    ProductVersion,
    TrainingEvent,
)
from exchange.settings import Settings
from tests.access.world import World, make_world
from tests.served import served

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Visitor:
    """A browser of one person, over real HTTP."""

    base: str
    name: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **more: object) -> requests.Response:
        return self.session.get(self.base + path, allow_redirects=False, timeout=20, **more)  # type: ignore[arg-type]

    def post(self, path: str, **fields: object) -> requests.Response:
        """Send a form with a token of the visitor's own, as an attacker who is signed in can."""
        found = _TOKEN.search(self.get("/sign-in").text) or _TOKEN.search(self.get("/account/sessions").text)
        data = {"csrf_token": found[1] if found else "", **fields}
        return self.session.post(self.base + path, data=data, allow_redirects=False, timeout=20)


@dataclass
class House:
    """The served installation; ``links`` are paths of personal links by whose they are."""

    base: str
    world: World
    settings: Settings
    database: Database
    links: dict[str, str]
    feeds: dict[str, str]
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def as_(self, name: str) -> Visitor:
        """Somebody signed in by a fresh link; "visitor" is not."""
        if name not in self.visitors:
            self.visitors[name] = self.signed_in(name)
        return self.visitors[name]

    def signed_in(self, name: str) -> Visitor:
        visitor = Visitor(self.base, name)
        if name == "visitor":
            return visitor
        path = self.sign_in_path(name)
        page = visitor.get(path).text
        found = _TOKEN.search(page)
        visitor.session.post(
            self.base + path,
            data={"csrf_token": found[1] if found else ""},
            allow_redirects=False,
            timeout=20,
        )
        return visitor

    def sign_in_path(self, name: str) -> str:
        with self.database.transaction() as session:
            person = session.get_one(Person, self.world.people[name])
            url = make_sign_in_link(session, person, settings=self.settings, now=clock.utc_now())
        return url.removeprefix(self.settings.base_url)

    def told(self, name: str, answer: requests.Response) -> list[str]:
        """What an answer gives away to somebody who may not know it."""
        standing = self.world.standings[name]
        text = answer.text + str(answer.headers)
        return [one.text for one in self.world.told(text) if not one.is_for(standing)]

    def state(self) -> tuple[object, ...]:
        """All that a form of the programme could have changed."""
        with self.database.reading() as session:
            return tuple(_state(session))


def _state(session: Session) -> Iterator[object]:
    for table in (Cycle, TrainingEvent, Contribution, ProductVersion, PersonRole, Feed):
        yield session.exec(select(func.count()).select_from(table)).one()
    yield session.exec(select(func.sum(Cycle.version))).one()
    yield session.exec(select(func.sum(TrainingEvent.version))).one()
    yield session.exec(select(func.sum(Contribution.version))).one()
    yield tuple(session.exec(select(AskAddressee.holder_id).order_by(col(AskAddressee.id))))
    yield tuple(session.exec(select(Invitation.answer).order_by(col(Invitation.id))))
    about = col(AuditEntry.subject)
    programme = about.like("cycle:%") | about.like("training:%")
    quiet = ~col(AuditEntry.action).like("%refuse%") & ~col(AuditEntry.action).like("sign%")
    yield session.exec(select(func.count()).select_from(AuditEntry).where(programme, quiet)).one()


@contextmanager
def house(database: Database, settings: Settings) -> Iterator[House]:
    """It, while it runs."""
    now = clock.utc_now()
    with database.transaction() as session:
        world = make_world(session)
        ensure_feeds(session, settings=settings, now=now)
        links = _links(session, settings)
    publish_stale(database, settings, now)
    with database.reading() as session:
        feeds = {
            _of(feed): (current_address(settings, feed) or "").removeprefix(settings.base_url)
            for feed in session.exec(select(Feed))
        }
    environment = {"EXCHANGE_SECRET_KEY": settings.secret_key.get_secret_value()}
    with served(settings, **environment) as base:
        yield House(base, world, settings, database, links, feeds)


def _of(feed: Feed) -> str:
    owner = feed.city.slug if feed.city else feed.group.key if feed.group else "network"
    return f"{feed.kind}:{owner}"


def _links(session: Session, settings: Settings) -> dict[str, str]:
    """A link to each answer and review, as letters held it, and to an invitation of who left."""
    now = clock.utc_now()
    found: dict[str, str] = {}
    for addressee in session.exec(select(AskAddressee).order_by(col(AskAddressee.id))):
        url = link_for(session, task_of(addressee), to=addressee.holder, settings=settings, now=now)
        ask = addressee.party.ask
        key = f"{addressee.holder.name} answers {ask.id} in {ask.subject.marking}"
        found[key] = url.removeprefix(settings.base_url)
    for reviewer in session.exec(select(ProductReviewer).order_by(col(ProductReviewer.id))):
        url = link_for(session, task_of(reviewer), to=reviewer.person, settings=settings, now=now)
        product = reviewer.product
        origin = product.cycle or product.training or product.versions[-1]
        key = f"{reviewer.person.name} reviews {product.id} in {origin.marking}"
        found[key] = url.removeprefix(settings.base_url)
    return found

"""Which cities miss a change: from the state that their programs fetched, on every page that tells of it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.feeds.content.feed_owners import all_feeds
from exchange.feeds.publishing.publish import mark_all_stale, mark_training_stale, publish_stale, touch
from exchange.feeds.subscriptions.secret_addresses import current_address, revoke_city_feed
from exchange.feeds.subscriptions.unseen_changes import (
    calendar_health,
    calendars_of_item,
    coming_items,
    unseen_changes,
)
from exchange.models import City, Feed, FeedKind, Person, Role, TrainingEvent
from exchange.settings import Settings
from tests.factories import MADE_AT, make_city, make_cycle, make_person, make_training
from tests.hand_clock import HandClock
from tests.sign_in import SignIn
from tests.statements import counted, statements_for

OUTLOOK = "Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)"
HOUR = timedelta(hours=1)


@dataclass
class Net:
    """The rows that tests name; the event is held by Stockholm in three weeks, London is invited."""

    stockholm: City
    london: City
    dublin: City
    training: TrainingEvent
    coordinator: Person
    contact: Person  # of London
    expert: Person  # lives in London


@pytest.fixture
def net(database: Database, settings: Settings, clock: HandClock) -> Net:
    clock.set(MADE_AT)
    with database.transaction() as session:
        stockholm, london, dublin = (make_city(session, name) for name in ("Stockholm", "London", "Dublin"))
        on = (MADE_AT + timedelta(weeks=3)).date()
        training = make_training(
            session, host_city=stockholm, cities=[stockholm, london], on_local=on, title="Secret title"
        )
        made = Net(
            stockholm,
            london,
            dublin,
            training,
            make_person(session, city=stockholm, roles=[Role.COORDINATOR]),
            make_person(session, city=london, roles=[Role.CITY_CONTACT]),
            make_person(session, city=london, roles=[Role.EXPERT]),
        )
    publish_stale(database, settings, MADE_AT)
    return made


@pytest.fixture
def subscriber(app: Flask, database: Database, settings: Settings) -> FlaskClient:
    return app.test_client()


def fetch(
    client: FlaskClient, database: Database, settings: Settings, city: City, said: str = OUTLOOK
) -> None:
    """The city's program comes, and the batch is written."""
    with database.reading() as session:
        feed = next(
            feed for feed in all_feeds(session) if feed.kind == FeedKind.CITY and feed.city_id == city.id
        )
        path = (current_address(settings, feed) or "").removeprefix(settings.base_url)
    assert client.get(path, headers={"User-Agent": said}).status_code == 200
    client.application.extensions["feed polls"].write(database)


def move(database: Database, settings: Settings, clock: HandClock, net: Net, *, publish: bool = True) -> None:
    """The event is an hour later, told to the calendars at the clock's time."""
    with database.transaction() as session:
        training = session.exec(select(TrainingEvent).where(TrainingEvent.id == net.training.id)).one()
        training.starts_local = training.starts_local.replace(hour=training.starts_local.hour + 1)
        touch(training, clock())
        mark_training_stale(session, training)
    if publish:
        publish_stale(database, settings, clock())


def missing(database: Database, clock: HandClock) -> list[tuple[str, bool]]:
    with database.reading() as session:
        changes = unseen_changes(session, coming_items(session, clock()), clock())
        return [(change.city.name, change.is_warning) for change in changes]


def test_city_that_must_come_and_never_fetched_is_warned_of(
    net: Net, database: Database, settings: Settings, clock: HandClock, subscriber: FlaskClient
) -> None:
    """Dublin is not invited: what it does is its own business."""
    assert missing(database, clock) == [("London", True), ("Stockholm", True)]
    fetch(subscriber, database, settings, net.london)
    fetch(subscriber, database, settings, net.stockholm, said="Mozilla/5.0 Firefox/150.0")
    assert missing(database, clock) == [("Stockholm", True)], "a browser is no subscription"


def test_change_is_missed_until_it_is_fetched(
    net: Net, database: Database, settings: Settings, clock: HandClock, subscriber: FlaskClient
) -> None:
    for city in (net.london, net.stockholm):
        fetch(subscriber, database, settings, city)
    assert missing(database, clock) == []
    clock.advance(hours=1)
    move(database, settings, clock, net)
    assert missing(database, clock) == [("London", False), ("Stockholm", False)], "they come by themselves"
    fetch(subscriber, database, settings, net.london)
    assert missing(database, clock) == [("Stockholm", False)]
    clock.advance(hours=49)
    fetch(subscriber, database, settings, net.london)
    assert missing(database, clock) == [("Stockholm", True)]


def test_fetch_in_the_minute_of_the_change_is_told_by_its_state(
    net: Net, database: Database, settings: Settings, clock: HandClock, subscriber: FlaskClient
) -> None:
    """The minute of both is one; the state that was fetched is the older."""
    for city in (net.london, net.stockholm):
        fetch(subscriber, database, settings, city)
    clock.advance(seconds=20)
    move(database, settings, clock, net)
    assert len(missing(database, clock)) == 2
    clock.advance(seconds=1)
    fetch(subscriber, database, settings, net.london)
    assert missing(database, clock) == [("Stockholm", False)]


def test_near_event_is_warned_of_at_once(
    net: Net, database: Database, settings: Settings, clock: HandClock, subscriber: FlaskClient
) -> None:
    clock.advance(days=19)
    for city in (net.london, net.stockholm):
        fetch(subscriber, database, settings, city)
    move(database, settings, clock, net)
    assert missing(database, clock) == [("London", True), ("Stockholm", True)]


def test_calendar_without_address_is_a_warning(
    net: Net, database: Database, settings: Settings, clock: HandClock, subscriber: FlaskClient
) -> None:
    fetch(subscriber, database, settings, net.stockholm)
    with database.transaction() as session:
        revoke_city_feed(session, session.merge(net.london), actor=None, now=clock())
    with database.reading() as session:
        (change,) = unseen_changes(session, coming_items(session, clock()), clock())
        assert (change.city.name, change.has_address, change.is_warning) == ("London", False, True)
        assert [city.name for city, _ in calendar_health(session, clock()).cities] == ["Dublin", "Stockholm"]


def test_what_waits_to_be_published_is_said_to_wait(
    net: Net, database: Database, settings: Settings, clock: HandClock
) -> None:
    move(database, settings, clock, net, publish=False)
    with database.reading() as session:
        training = _training(session, net)
        calendars = calendars_of_item(session, training, clock())
    assert calendars is not None
    assert calendars.is_waiting


@pytest.mark.parametrize("marking", ["TLP:RED"])
def test_what_no_calendar_shows_is_nobodys_to_fetch(
    net: Net, database: Database, settings: Settings, clock: HandClock, marking: str
) -> None:
    with database.transaction() as session:
        training = _training(session, net)
        training.marking = marking
        mark_training_stale(session, training)
    publish_stale(database, settings, clock())
    assert missing(database, clock) == []


def test_drafts_what_is_over_and_what_is_far_off_are_left_out(
    net: Net, database: Database, settings: Settings, clock: HandClock
) -> None:
    with database.transaction() as session:
        host = session.merge(net.dublin)
        make_training(session, host_city=host, on_local=date(2026, 11, 30), is_published=False)
        make_training(session, host_city=host, on_local=date(2026, 11, 20))
        make_training(session, host_city=host, on_local=date(2027, 6, 1))
        make_cycle(session, lead_city=host, starts_on=date(2026, 8, 3))
        mark_all_stale(session)
    publish_stale(database, settings, clock())
    assert {name for name, _ in missing(database, clock)} == {"London", "Stockholm"}


def test_exchange_is_its_lead_and_contributors_to_fetch(
    net: Net, database: Database, settings: Settings, clock: HandClock
) -> None:
    with database.transaction() as session:
        cities = [session.merge(city) for city in (net.dublin, net.london)]
        make_cycle(session, lead_city=cities[0], cities=cities[1:], starts_on=date(2026, 12, 7))
        mark_all_stale(session)
    publish_stale(database, settings, clock())
    assert sorted(name for name, _ in missing(database, clock)) == ["Dublin", "London", "London", "Stockholm"]


def test_pages_tell_planners_and_the_city_and_nobody_else(
    net: Net,
    database: Database,
    settings: Settings,
    clock: HandClock,
    subscriber: FlaskClient,
    sign_in: SignIn,
) -> None:
    fetch(subscriber, database, settings, net.london)
    fetch(subscriber, database, settings, net.london, said="Google-Calendar-Importer")
    clock.advance(hours=3)
    move(database, settings, clock, net)
    coordinator, contact, expert = (sign_in(one) for one in (net.coordinator, net.contact, net.expert))
    event = coordinator.get(f"/trainings/{net.training.id}").text
    assert "London: the calendar was last fetched 3 hours ago by Google Calendar and Outlook." in _flat(event)
    assert "Stockholm: the calendar was never fetched." in event
    status = coordinator.get("/status").text
    assert "Stockholm: the calendar was never fetched." in status
    assert "Secret title" not in status
    feeds = contact.get("/feeds").text
    assert "Last fetched 3 hours ago by Google Calendar and Outlook." in _flat(feeds)
    assert "must come" in feeds
    assert "Secret title" not in feeds
    assert "must come" in contact.get("/network/cities/london").text
    for page in ("/feeds", "/network/cities/london"):
        assert "must come" not in expert.get(page).text
    assert "Last fetched" not in expert.get("/network/cities/london").text


def test_page_of_a_feed_says_how_to_subscribe_until_somebody_did(
    net: Net, database: Database, settings: Settings, subscriber: FlaskClient, sign_in: SignIn
) -> None:
    contact = sign_in(net.contact)
    with database.reading() as session:
        feed_id = session.exec(select(Feed.id).where(Feed.city_id == net.london.id)).one()
    page = contact.get(f"/feeds/{feed_id}").text
    assert "No calendar program has fetched it yet." in page
    assert "how to subscribe" in page
    fetch(subscriber, database, settings, net.london, said="<script>alert(1)</script>")
    page = contact.get(f"/feeds/{feed_id}").text
    assert "a program we do not know" in page
    assert "alert(1)" not in page


def test_own_calendars_fetches_are_shown_to_its_person_alone(
    net: Net, database: Database, settings: Settings, app: Flask, sign_in: SignIn
) -> None:
    expert = sign_in(net.expert)
    path = expert.post("/feeds/mine", data={"language": "en", "alarm_minutes": ""}).headers["Location"]
    publish_stale(database, settings, MADE_AT)
    with database.reading() as session:
        feed = next(feed for feed in all_feeds(session) if feed.kind == FeedKind.PERSON)
        address = (current_address(settings, feed) or "").removeprefix(settings.base_url)
    app.test_client().get(address, headers={"User-Agent": OUTLOOK})
    app.extensions["feed polls"].write(database)
    assert "by Outlook" in _flat(expert.get(path).text)
    coordinator = sign_in(net.coordinator)
    assert coordinator.get(path).status_code == 404
    assert "by Outlook" not in coordinator.get("/feeds").text
    assert "by Outlook" not in coordinator.get("/status").text


@pytest.mark.parametrize("page", ["/feeds", "/status", "/network/cities/stockholm"])
def test_pages_take_as_many_statements_for_many(
    net: Net, database: Database, settings: Settings, sign_in: SignIn, page: str
) -> None:
    coordinator = sign_in(net.coordinator)
    before = statements_for(coordinator, page)
    with database.transaction() as session:
        host = session.merge(net.stockholm)
        for number in range(12):
            invited = [make_city(session, f"City {number}", time_zone="Europe/London")]
            make_training(session, host_city=host, cities=invited, on_local=date(2026, 12, 1 + number))
        mark_all_stale(session)
    publish_stale(database, settings, MADE_AT)
    assert statements_for(coordinator, page) == before


def test_status_lists_fifty_changes_on_a_page_and_finds_cities(
    net: Net, database: Database, settings: Settings, sign_in: SignIn
) -> None:
    """Seven hundred lines about calendars stood over all else on the page."""
    with database.transaction() as session:
        host = session.merge(net.stockholm)
        invited = [make_city(session, f"Town {number:02}") for number in range(60)]
        make_training(session, host_city=host, cities=invited, on_local=date(2026, 12, 1))
        mark_all_stale(session)
    publish_stale(database, settings, MADE_AT)
    coordinator = sign_in(net.coordinator)

    def told(asked: str) -> list[str]:
        lists = coordinator.get(f"/status?{asked}").text.split('<ul class="unseen">')[1:]
        return re.findall(r"Town \d\d", "".join(lists))

    first, second = told("page=1"), told("page=2")
    assert 0 < len(second) < len(first) <= 50
    assert sorted(first + second) == [f"Town {number:02}" for number in range(60)]
    assert told("search=TOWN+59") == ["Town 59"]


def test_item_page_takes_few_statements(net: Net, database: Database, clock: HandClock) -> None:
    with database.reading() as session:
        training = _training(session, net)
        assert (len(training.cities), len(training.groups)) == (2, 0)  # loaded, as the page has them
        with counted(database) as statements:
            calendars_of_item(session, training, clock())
    assert len(statements) <= 9  # one for each kind of row they stand in


def _training(session: Session, net: Net) -> TrainingEvent:
    return session.exec(select(TrainingEvent).where(TrainingEvent.id == net.training.id)).one()


def _flat(page: str) -> str:
    return " ".join(page.split())

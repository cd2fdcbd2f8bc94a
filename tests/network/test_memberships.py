"""A city becomes something else from a date, leaves, and comes back; what it took part in stays."""

import html
from datetime import UTC, date, datetime, timedelta

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds, publish_stale
from exchange.feeds.subscriptions.personal_feeds import make_busy_feed
from exchange.feeds.subscriptions.secret_addresses import current_address
from exchange.models import AuditEntry, City, Cycle, Feed, FeedKind
from exchange.settings import Settings
from tests.factories import make_city, make_cycle, make_person
from tests.hand_clock import HandClock
from tests.network.conftest import Network


def history(database: Database, slug: str = "dublin") -> list[tuple[str, date | None, date | None]]:
    with database.reading() as session:
        city = session.exec(select(City).where(City.slug == slug)).one()
        return [(m.status, m.starts_on, m.ends_on) for m in city.memberships]


def address(database: Database, settings: Settings, slug: str = "dublin") -> str | None:
    with database.reading() as session:
        city = session.exec(select(City).where(City.slug == slug)).one()
        of_city = select(Feed).where(Feed.city_id == city.id, Feed.kind == FeedKind.CITY)
        return current_address(settings, session.exec(of_city).one())


def test_new_status_ends_the_old_one_the_day_before(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    answer = coordinator.post(
        "/network/cities/dublin/status", data={"status": "lead", "from_on": "2027-03-01", "reason": "Voted."}
    )
    assert answer.status_code == 303
    assert history(database) == [("member", None, date(2027, 2, 28)), ("lead", date(2027, 3, 1), None)]
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "change membership")).one()
        assert entry.reason == "Voted."
    page = coordinator.get("/network/cities/dublin").text
    assert "Lead city" in page
    assert "Member" in page


def test_planned_change_is_replaced_by_an_earlier_one(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    for status, on in (("lead", "2027-06-01"), ("observer", "2027-03-01")):
        coordinator.post("/network/cities/dublin/status", data={"status": status, "from_on": on})
    assert history(database) == [("member", None, date(2027, 2, 28)), ("observer", date(2027, 3, 1), None)]


def test_status_it_has_already_and_day_before_it_began_are_refused(
    coordinator: FlaskClient, database: Database, network: Network, clock: HandClock
) -> None:
    path = "/network/cities/dublin/status"
    same = coordinator.post(path, data={"status": "member", "from_on": "2027-03-01"})
    assert "The city is that already on this day." in same.text
    coordinator.post(path, data={"status": "lead", "from_on": "2026-11-01"})
    before = coordinator.post(path, data={"status": "observer", "from_on": "2026-10-01"})
    assert before.status_code == 400
    assert "present status began on Sun 1 Nov 2026" in html.unescape(before.text)
    assert 'value="2026-10-01"' in before.text
    assert history(database)[-1] == ("lead", date(2026, 11, 1), None)


def test_story_17_membership_ends_feed_stops_and_past_takes_stay(
    coordinator: FlaskClient, database: Database, settings: Settings, network: Network, clock: HandClock
) -> None:
    """Given a city leaves, when its membership ends, its feed stops and what it took part in stays."""
    today = clock().date()
    with database.transaction() as session:
        make_cycle(session, lead_city=session.get_one(City, network.dublin.id), title="Led by Dublin")
    assert address(database, settings) is not None
    page = coordinator.get("/network/cities/dublin/end").text
    assert "address of its calendar feed stops on that day" in page
    answer = coordinator.post(
        "/network/cities/dublin/end", data={"from_on": today.isoformat(), "reason": "Left the network."}
    )
    assert answer.status_code == 303
    assert history(database) == [("member", None, today - timedelta(days=1))]
    assert address(database, settings) is None
    with database.reading() as session:
        assert session.exec(select(Cycle.title)).all() == ["Led by Dublin"]
        [entry] = session.exec(select(AuditEntry).where(AuditEntry.action == "end membership")).all()
        assert entry.reason == "Left the network."
    page = coordinator.get("/network/cities/dublin").text
    assert "Former member" in page
    assert "Led by Dublin" in page


def test_membership_that_ends_later_keeps_its_feed_until_then(
    coordinator: FlaskClient, database: Database, settings: Settings, network: Network, clock: HandClock
) -> None:
    coordinator.post("/network/cities/dublin/end", data={"from_on": "2027-01-01", "reason": "Leaves."})
    clock.set(datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    publish_stale(database, settings, clock())
    assert address(database, settings) is not None
    clock.set(datetime(2027, 1, 1, 0, 1, tzinfo=UTC))
    publish_stale(database, settings, clock())
    assert address(database, settings) is None


def test_city_that_comes_back_gets_a_new_address(
    coordinator: FlaskClient, database: Database, settings: Settings, network: Network, clock: HandClock
) -> None:
    left_with = address(database, settings)
    today = clock().date().isoformat()
    coordinator.post("/network/cities/dublin/end", data={"from_on": today, "reason": "Left."})
    answer = coordinator.post("/network/cities/dublin/status", data={"status": "member", "from_on": today})
    assert answer.status_code == 303
    assert address(database, settings) not in {None, left_with}


def test_city_with_busy_times_comes_back_too(
    coordinator: FlaskClient, database: Database, settings: Settings, network: Network, clock: HandClock
) -> None:
    """It has two feeds then, and the page of its new status failed."""
    with database.transaction() as session:
        city, actor = session.get_one(City, network.dublin.id), make_person(session, city=network.dublin)
        busy_id = make_busy_feed(session, city, actor=actor, settings=settings, now=clock()).id
    today = clock().date().isoformat()
    coordinator.post("/network/cities/dublin/end", data={"from_on": today, "reason": "Left."})
    answer = coordinator.post("/network/cities/dublin/status", data={"status": "member", "from_on": today})
    assert answer.status_code == 303
    assert address(database, settings) is not None
    with database.reading() as session:
        assert current_address(settings, session.get_one(Feed, busy_id)) is None


def test_end_without_reason_or_twice_is_refused(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    path = "/network/cities/dublin/end"
    without = coordinator.post(path, data={"from_on": "2027-01-01", "reason": ""})
    assert without.status_code == 400
    assert history(database) == [("member", None, None)]
    coordinator.post(path, data={"from_on": "2027-01-01", "reason": "Leaves."})
    twice = coordinator.post(path, data={"from_on": "2027-02-01", "reason": "Leaves."})
    assert "not in the network on that day" in twice.text


def test_membership_taken_back_on_its_first_day_stops_the_feed(
    coordinator: FlaskClient, database: Database, settings: Settings, network: Network, clock: HandClock
) -> None:
    """A city was left without any membership, and its feed went on as if it had not left."""
    with database.transaction() as session:
        make_city(session, "Sydney", starts_on=date(2027, 3, 1))
        ensure_feeds(session, settings, clock())
    path = f"/feeds/{(address(database, settings, 'sydney') or '').rpartition('/')[2]}"
    assert coordinator.get(path).status_code == 200
    taken_back = {"from_on": "2027-03-01", "reason": "Changed its mind."}
    assert coordinator.post("/network/cities/sydney/end", data=taken_back).status_code == 303
    assert history(database, "sydney") == []
    assert coordinator.get(path).status_code == 410
    publish_stale(database, settings, clock())
    assert address(database, settings, "sydney") is None
    assert coordinator.get(path).status_code == 410


def test_page_of_the_end_says_what_stops_and_what_stays(coordinator: FlaskClient, network: Network) -> None:
    page = html.unescape(coordinator.get("/network/cities/dublin/end").text)
    assert "Letters to the city's people stop with the membership" in page
    assert "their access to the programme" in page
    assert "past takes stay" in page

"""What fewer may see leaves calendars at their next request, also while no clock runs."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlmodel import Session, select

from exchange.cycles.actions import CycleEdit, edit_cycle
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.feeds.content.programme_items import is_narrower, reach_of
from exchange.feeds.publishing.publish import publish_stale
from exchange.feeds.subscriptions.personal_feeds import Wishes, make_own_feed
from exchange.feeds.subscriptions.secret_addresses import current_address
from exchange.models import City, Cycle, ExpertGroup, Feed, FeedKind, Letter, Person, Role
from exchange.network.actions.people import edit_person
from exchange.network.actions.seats import unseat
from exchange.network.drafts import draft_of_person
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.settings import Settings
from tests.factories import (
    MADE_AT,
    make_city,
    make_cycle,
    make_group,
    make_person,
    make_training,
    stage_plan,
)
from tests.hand_clock import HandClock

LATER = MADE_AT + timedelta(minutes=5)


@pytest.fixture
def house(database: Database, settings: Settings, clock: HandClock) -> dict[str, str]:
    """A GREEN cycle of two cities and a group; the paths of their calendars, and of a contact's own."""
    clock.set(MADE_AT)
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        contact, _ = (make_person(session, name, city=london) for name in ("Anna", "Otto"))
        expert, second = (
            make_person(session, name, city=stockholm, roles=[Role.EXPERT]) for name in ("Emil", "Eva")
        )
        make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR])
        group = make_group(session, "Hostile drones", members=[expert, second])
        make_cycle(session, lead_city=stockholm, cities=[london], groups=[group], title="Drones")
        make_training(session, host_city=stockholm, title="For all members")
        make_own_feed(session, contact, Wishes("en"), settings=settings, now=MADE_AT)
    publish_stale(database, settings, MADE_AT)
    with database.reading() as session:
        return {
            name: (current_address(settings, feed) or "").removeprefix(settings.base_url)
            for feed in session.exec(select(Feed))
            if (name := _name(feed))
        }


def _name(feed: Feed) -> str:
    if feed.kind == FeedKind.CITY and feed.city:
        return feed.city.name
    return {FeedKind.GROUP: "group", FeedKind.PERSON: "own", FeedKind.NETWORK: "public"}.get(
        FeedKind(feed.kind), ""
    )


def shows(client: FlaskClient, path: str) -> set[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    summaries = {str(event["SUMMARY"]) for event in Calendar.from_ical(answer.data).events}
    return {
        title for title in ("Drones", "For all members", "event") if any(title in one for one in summaries)
    }


def edited(session: Session, **changes: object) -> None:
    cycle = cycle_to_change(session, session.exec(select(Cycle)).one().id or 0)
    edit = CycleEdit(
        theme_id=cycle.theme_id,
        title=cycle.title,
        lead_city_id=cycle.lead_city_id,
        city_ids=frozenset(city.id or 0 for city in cycle.cities),
        group_ids=frozenset(group.id or 0 for group in cycle.groups),
        marking=Marking(cycle.marking),
        is_chatham_house=False,
    )
    changed = replace(edit, **changes)  # type: ignore[arg-type]  # fields by name
    edit_cycle(session, cycle, changed, plan=stage_plan(), actor=None, now=LATER)


def test_a_raised_marking_holds_before_any_tick(
    client: FlaskClient, database: Database, settings: Settings, house: dict[str, str]
) -> None:
    assert shows(client, house["London"]) == {"Drones", "For all members"}
    with database.transaction() as session:
        edited(session, marking=Marking.AMBER)
    _look_again(client)
    for reader in ("London", "Stockholm", "group", "own"):
        assert "Drones" not in shows(client, house[reader]), reader
    publish_stale(database, settings, LATER)
    _look_again(client)
    assert shows(client, house["London"]) == {"event", "For all members"}


def test_a_city_taken_off_sees_nothing_more_and_the_others_go_on(
    client: FlaskClient, database: Database, settings: Settings, house: dict[str, str]
) -> None:
    assert "Drones" in shows(client, house["London"])
    with database.transaction() as session:
        edited(session, city_ids=frozenset())
    _look_again(client)
    assert "Drones" not in shows(client, house["London"])
    publish_stale(database, settings, LATER)
    _look_again(client)
    assert "Drones" not in shows(client, house["London"])
    assert "Drones" in shows(client, house["Stockholm"])


def test_what_more_may_see_stays_where_it_was(
    client: FlaskClient, database: Database, house: dict[str, str]
) -> None:
    with database.transaction() as session:
        edited(session, city_ids=frozenset(one.id or 0 for one in session.exec(select(City))))
    _look_again(client)
    assert "Drones" in shows(client, house["London"])


def test_a_membership_that_is_over_ends_its_calendars_by_the_date_alone(
    client: FlaskClient, database: Database, clock: HandClock, house: dict[str, str]
) -> None:
    with database.transaction() as session:
        london = session.exec(select(City).where(City.slug == "london")).one()
        london.memberships[0].ends_on = date(2026, 11, 30)
    _look_again(client)
    clock.set(datetime.fromisoformat("2026-11-30T23:59:00+00:00"))
    assert "Drones" in shows(client, house["London"])
    clock.set(datetime.fromisoformat("2026-12-01T00:00:00+00:00"))
    assert client.get(house["London"]).status_code == 410
    assert client.get(house["own"]).status_code == 410
    assert "Drones" in shows(client, house["Stockholm"])


@pytest.mark.parametrize("change", ["moved", "no contact any more", "deactivated"])
def test_who_leaves_a_city_takes_no_address_along(
    client: FlaskClient, database: Database, settings: Settings, house: dict[str, str], change: str
) -> None:
    with database.transaction() as session:
        anna = session.exec(select(Person).where(Person.name == "Anna")).one()
        cora = session.exec(select(Person).where(Person.name == "Cora")).one()
        stockholm = session.exec(select(City).where(City.slug == "stockholm")).one()
        changes: dict[str, dict[str, object]] = {
            "moved": {"city_id": stockholm.id},
            "no contact any more": {"roles": frozenset({Role.EXPERT})},
            "deactivated": {"is_active": False},
        }
        draft = replace(draft_of_person(anna), **changes[change])  # type: ignore[arg-type]  # fields by name
        edit_person(session, anna, draft, actor=cora, settings=settings, now=LATER)
    _look_again(client)
    assert client.get(house["London"]).status_code == 410
    assert shows(client, house["own"]) == set()
    with database.reading() as session:
        letters = session.exec(select(Letter).where(Letter.kind == "new address")).all()
        assert [letter.to_name for letter in letters] == ["Otto"]
        feed = session.exec(select(Feed).join(City).where(City.slug == "london", Feed.kind == "city")).one()
        path = (current_address(settings, feed) or "").removeprefix(settings.base_url)
        assert path.rpartition("/")[2] not in letters[0].text, "the address itself is in no letter"
        assert f"/feeds/{feed.id}" in letters[0].text
    assert path != house["London"]
    assert "Drones" in shows(client, path)


def test_who_loses_a_seat_takes_the_groups_address_along_in_vain(
    client: FlaskClient, database: Database, settings: Settings, house: dict[str, str]
) -> None:
    with database.transaction() as session:
        emil = session.exec(select(Person).where(Person.name == "Emil")).one()
        cora = session.exec(select(Person).where(Person.name == "Cora")).one()
        group = session.exec(select(Cycle)).one().groups[0]
        unseat(session, group, emil, actor=cora, settings=settings, now=LATER)
    _look_again(client)
    assert client.get(house["group"]).status_code == 410
    with database.reading() as session:
        letters = session.exec(select(Letter).where(Letter.kind == "new address")).all()
        assert [letter.to_name for letter in letters] == ["Eva"]


def _look_again(client: FlaskClient) -> None:
    """Any form sent to this process; others ask the database within a second."""
    client.post("/sign-out")


_IDS = st.frozensets(st.integers(1, 4), max_size=3)


@given(st.sampled_from(Marking), st.sampled_from(Marking), _IDS, _IDS, _IDS, _IDS)
def test_narrower_is_whatever_takes_something_from_somebody(
    before: Marking,
    after: Marking,
    cities: frozenset[int],
    other_cities: frozenset[int],
    groups: frozenset[int],
    other_groups: frozenset[int],
) -> None:
    def reach(marking: Marking, of_cities: frozenset[int], of_groups: frozenset[int]) -> str:
        cycle = Cycle(theme_id=1, lead_city_id=9, title="", starts_on=date(2027, 1, 11), marking=marking)
        cycle.named_ids = [1]
        cycle.cities = [
            City(id=one, slug="", name="", time_zone="", holidays_country="") for one in of_cities
        ]
        cycle.groups = [ExpertGroup(id=one, key="", name="") for one in of_groups]
        return reach_of(cycle)

    found = is_narrower(reach(before, cities, groups), reach(after, other_cities, other_groups))
    is_stricter = rank(after) > rank(before)
    loses = after is not Marking.CLEAR and not (cities <= other_cities and groups <= other_groups)
    assert found == (is_stricter or loses)

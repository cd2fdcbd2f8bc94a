"""Milestones in calendars: for who plans an event and for the city that hosts it, and for nobody else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from exchange.db import Database
from exchange.duties.configured import profiles_of
from exchange.feeds.content.entries import Entry, EntryKind, EntryStatus
from exchange.feeds.content.feed_owners import all_feeds, audience_of, with_owners
from exchange.feeds.content.queries import entries_for
from exchange.feeds.publishing.publish import ensure_feeds, feed_bytes, publish_stale
from exchange.feeds.serving.calendar_documents import calendar_document
from exchange.models import Feed, FeedKind, Person, PreparationStep, PublishedFeed, Role, TrainingEvent
from exchange.preparation import actions
from exchange.preparation.actions import Decider, claim
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.factories import make_city, make_person, make_training

pytestmark = ON_SQLITE
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LINK = "https://files.example.org/minutes"


@dataclass
class House:
    """A table-top of London on Thu 3 June 2027, planned by Petra of Dublin, with everybody's own calendar."""

    database: Database
    settings: Settings
    training_id: int
    actor_id: int

    def decide(self, what: Callable[..., None], milestone: str = "", **told: object) -> None:
        with self.database.transaction() as session:
            profiles = profiles_of(self.settings)
            training = session.get_one(TrainingEvent, self.training_id)
            version = actions.prepared(session, training.id or 0, profiles, NOW).version
            found = claim(session, training.id or 0, profiles, version=version, now=NOW)
            line = (found.line(milestone),) if milestone else ()
            by = Decider(session.get_one(Person, self.actor_id), NOW)
            what(session, found, *line, *told.pop("given", ()), by=by, **told)

    def change(self, **fields: object) -> None:
        with self.database.transaction() as session:
            training = session.get_one(TrainingEvent, self.training_id)
            for name, value in fields.items():
                setattr(training, name, value)
            actions.mark_training_stale(session, training)

    def entries(self, owner: str) -> dict[str, Entry]:
        """What the calendar of a city or a person holds of the preparation, by milestone."""
        with self.database.reading() as session:
            found = entries_for(
                session,
                audience_of(self.feed(session, owner), on=NOW.date()),
                network="CTPN",
                on=NOW.date(),
                profiles=profiles_of(self.settings),
            )
        return {one.uid.partition("-event")[0]: one for one in found if one.uid.endswith("-event@exchange")}

    def feed(self, session: Session, owner: str) -> Feed:
        feeds = session.exec(with_owners()).all()
        return next(
            one
            for one in feeds
            if one.kind in {FeedKind.CITY, FeedKind.PERSON} and (one.person or one.city).name == owner
        )


@pytest.fixture
def house(database: Database, settings: Settings) -> House:
    with database.transaction() as session:
        london, dublin = make_city(session, "London"), make_city(session, "Dublin")
        stockholm = make_city(session, "Stockholm")
        petra = make_person(session, "Petra", city=dublin, language="sv")
        people = [
            petra,
            make_person(session, "Lea", city=london, roles=[Role.CITY_LEAD]),
            make_person(session, "Otto", city=stockholm),
        ]
        cora = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
        training = make_training(
            session,
            host_city=london,
            cities=[stockholm, dublin],
            on_local=date(2027, 6, 3),
            title="Drones",
            uid="event@exchange",
        )
        ensure_feeds(session, settings, NOW)
        session.add_all(Feed(kind=FeedKind.PERSON, person_id=one.id) for one in people)
        session.flush()
        known = set(session.exec(select(PublishedFeed.feed_id)))
        session.add_all(PublishedFeed(feed_id=f.id or 0) for f in all_feeds(session) if f.id not in known)
        made = House(database, settings, training.id or 0, cora.id or 0)
        email = petra.email
    made.decide(actions.set_team, given=([email],))
    return made


def assert_published(house: House, at: datetime) -> None:
    """What is served is what the rows give, feed by feed."""
    publish_stale(house.database, house.settings, at)
    with house.database.reading() as session:
        for feed in all_feeds(session):
            served = calendar_document(session, session.get_one(PublishedFeed, feed.id)).content
            assert served == feed_bytes(session, feed, house.settings, at.date()), feed.kind


def test_who_plans_has_all_milestones_and_the_host_city_those_that_are_its_own(house: House) -> None:
    with house.database.transaction() as session:
        email = session.exec(select(Person).where(Person.name == "Petra")).one().email
    house.decide(actions.give, "fpm", given=(email,))
    petra, london = house.entries("Petra"), house.entries("London")
    assert len(petra) == 11
    assert set(petra) - set(london) == {"fpm"}
    assert set(house.entries("Lea")) == set(london)
    assert petra["ipm"].kind is EntryKind.DEADLINE
    assert (petra["ipm"].first_on, petra["ipm"].last_on) == (date(2027, 3, 25), date(2027, 3, 25))
    assert petra["ipm"].summary == "Drones: Första planeringsmötet [TLP:GREEN]"
    assert london["ipm"].summary == "Drones: Initial planning meeting [TLP:GREEN]"
    assert petra["ipm"].link == f"/trainings/{house.training_id}/preparation"
    for owner in ("Stockholm", "Dublin", "Otto"):
        assert house.entries(owner) == {}, owner
    assert_published(house, NOW)


def test_an_event_nobody_decided_anything_about_fills_no_calendar(house: House) -> None:
    with house.database.transaction() as session:
        make_training(session, host_city=make_city(session, "Oslo"), on_local=date(2027, 6, 3), uid="x-event")
        ensure_feeds(session, house.settings, NOW)
    assert house.entries("Oslo") == {}


def test_decisions_move_finish_and_cancel_entries_under_the_same_uid(house: House) -> None:
    before = house.entries("Petra")
    house.decide(actions.move, "mpm", given=(date(2027, 4, 20),), reason="")
    house.decide(actions.mark_done, "co", given=(LINK,))
    house.decide(actions.waive, "aam", reason="One meeting is enough.")
    after = house.entries("Petra")
    assert set(after) == set(before)
    assert all(after[key].sequence > before[key].sequence for key in after)
    assert after["mpm"].first_on == date(2027, 4, 20)
    assert after["co"].summary == "Klart: Drones: Möte om idé och mål [TLP:GREEN]"
    assert (after["aam"].status, after["aam"].word) == (EntryStatus.CANCELLED, "Behövs inte")
    assert after["ipm"].status is EntryStatus.CONFIRMED
    assert_published(house, NOW)


def test_with_its_event_a_milestone_moves_and_is_called_off(house: House) -> None:
    house.change(on_local=date(2027, 6, 17), sequence=1)
    assert house.entries("Petra")["mpm"].first_on == date(2027, 5, 6)
    assert_published(house, NOW)
    house.change(cancelled_at=NOW, reason="No room.")
    entries = house.entries("Petra")
    assert {one.status for one in entries.values()} == {EntryStatus.CANCELLED}
    assert {one.word for one in entries.values()} == {"Inställt"}
    assert_published(house, NOW + timedelta(minutes=1))


def test_a_profile_without_a_milestone_leaves_it_out(house: House) -> None:
    house.decide(actions.choose_profile, given=("webinar-6", profiles_of(house.settings)))
    assert set(house.entries("Petra")) == {"ipm", "fpm", "read-ahead", "feedback", "final-aar"}
    assert_published(house, NOW)


@pytest.mark.parametrize(
    ("marking", "owner", "is_there"),
    [
        ("TLP:CLEAR", "Petra", True),
        ("TLP:AMBER", "Petra", True),
        ("TLP:AMBER+STRICT", "Lea", True),
        ("TLP:AMBER", "London", False),  # its title is kept back there, and so is what the city owes
        ("TLP:RED", "Petra", False),
        ("TLP:RED", "London", False),
        ("TLP:CLEAR", "Stockholm", False),  # the event is open to everybody, its preparation is not
    ],
)
def test_a_calendar_carries_no_more_of_it_than_its_events_marking_lets_it(
    house: House, marking: str, owner: str, is_there: bool
) -> None:
    house.change(marking=marking)
    assert bool(house.entries(owner)) is is_there
    assert_published(house, NOW)


def test_who_no_longer_plans_is_shown_nothing_of_it_at_once(house: House) -> None:
    assert_published(house, NOW)
    house.decide(actions.set_team, given=([],))
    with house.database.reading() as session:
        feed = house.feed(session, "Petra")
        served = calendar_document(session, session.get_one(PublishedFeed, feed.id)).content
    assert b"Planerings" not in served  # without a tick
    assert house.entries("Petra") == {}
    assert_published(house, NOW)


def test_a_planning_meeting_with_an_hour_takes_its_time_on_the_clocks_of_who_plans(house: House) -> None:
    with house.database.transaction() as session:
        row = actions.prepared(session, house.training_id, profiles_of(house.settings), NOW).row
        assert row is not None
        row.steps.append(
            PreparationStep(
                milestone="ipm", starts_local=time(14), minutes=90, join_link="https://join.example.org/1"
            )
        )
    meeting = house.entries("Petra")["ipm"]
    assert meeting.kind is EntryKind.SESSION
    assert (meeting.starts_at, meeting.minutes) == (datetime(2027, 3, 25, 14, tzinfo=UTC), 90)
    assert meeting.description.startswith("14:00 London\n14:00 Dublin\n\n")
    assert meeting.join_link == "https://join.example.org/1"
    house.change(marking="TLP:AMBER")
    held = house.entries("Petra")["ipm"]
    assert (held.join_link, held.description) == ("", "")  # as of the event itself: no other city's clock
    assert_published(house, NOW)

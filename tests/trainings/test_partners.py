"""Organisations invited to events: their liaisons see what is public, and GREEN where they are invited."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.access.product_things import thing_of_review_by
from exchange.access.standings import standing_of
from exchange.db import Database
from exchange.feeds.publishing.invalidation import mark_training_stale
from exchange.feeds.publishing.publish import ensure_feeds, publish_stale
from exchange.feeds.serving.calendar_documents import calendar_document
from exchange.mail.schedule.recipients import invited_to_training, load_roll
from exchange.models import (
    City,
    CreditRole,
    FeedKind,
    Organisation,
    Person,
    Product,
    ProductCredit,
    ProductKind,
    ProductVersion,
    PublishedFeed,
    Role,
    TrainingEvent,
)
from exchange.rules.access.policy import Right, may
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.factories import MADE_AT, make_city, make_person, make_training
from tests.feeds.programme import add_feed
from tests.hand_clock import HandClock
from tests.pages import form_values, text_of
from tests.sign_in import SignIn


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    stockholm: City
    organisation: Organisation
    coordinator: Person
    liaison: Person  # their city is no member: a clock alone
    other: Person  # liaison of another organisation
    green: int
    feed_id: int


def an_event(
    session: Session, net_city: City, title: str, marking: str, *invited: Organisation
) -> TrainingEvent:
    event = make_training(session, host_city=net_city, cities=[net_city], title=title, marking=marking)
    event.organisations = list(invited)
    session.flush()
    return event


@pytest.fixture
def net(database: Database, settings: Settings, clock: HandClock) -> Net:
    clock.set(MADE_AT)
    with database.transaction() as session:
        stockholm, paris = make_city(session, "Stockholm"), make_city(session, "Paris", status=None)
        mine = Organisation(key="POL", name="A police of many cities")
        others = Organisation(key="UNI", name="A university")
        session.add_all([mine, others])
        session.flush()
        liaison = make_person(session, "Liv", city=paris, roles=[Role.LIAISON], organisation_id=mine.id)
        other = make_person(session, "Uma", city=paris, roles=[Role.LIAISON], organisation_id=others.id)
        green = an_event(session, stockholm, "Green seminar", "TLP:GREEN", mine)
        an_event(session, stockholm, "Amber table-top", "TLP:AMBER", mine)
        an_event(session, stockholm, "Green for others", "TLP:GREEN", others)
        an_event(session, stockholm, "Open day", "TLP:CLEAR", mine)
        feed = add_feed(session, kind=FeedKind.PERSON, person_id=liaison.id)
        ensure_feeds(session, settings, MADE_AT)
        coordinator = make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR])
        return Net(stockholm, mine, coordinator, liaison, other, green.id or 0, feed.id or 0)


def end(session: Session, net: Net) -> None:
    """The organisation worked with the network until the day before."""
    session.get_one(Organisation, net.organisation.id).ends_on = MADE_AT.date() - timedelta(days=1)


def feed_text(database: Database, net: Net) -> str:
    with database.reading() as session:
        content = calendar_document(session, session.get_one(PublishedFeed, net.feed_id)).content
    return content.replace(b"\r\n ", b"").decode()


def invited(database: Database, net: Net) -> set[str]:
    with database.reading() as session:
        event = session.get_one(TrainingEvent, net.green)
        found = invited_to_training(load_roll(session, MADE_AT.date(), event), event)
        return {one.name for one in found}


def test_a_liaison_sees_what_is_public_and_green_where_the_organisation_is_invited(
    net: Net, sign_in: SignIn
) -> None:
    page = text_of(sign_in(net.liaison).get("/trainings"))
    assert "Green seminar" in page
    assert "Open day" in page
    assert "Amber table-top" not in page
    assert "Green for others" not in page
    assert sign_in(net.liaison).get(f"/trainings/{net.green}").status_code == 200
    assert sign_in(net.other).get(f"/trainings/{net.green}").status_code == 404


def test_the_liaisons_own_feed_holds_what_the_organisation_is_invited_to_and_nothing_once_it_has_left(
    database: Database, settings: Settings, net: Net
) -> None:
    publish_stale(database, settings, MADE_AT)
    feed = feed_text(database, net)
    assert "Green seminar" in feed
    assert "Open day" in feed
    assert "Amber table-top" not in feed
    assert "Green for others" not in feed
    with database.transaction() as session:
        event = session.get_one(TrainingEvent, net.green)
        event.organisations = []
        mark_training_stale(session, event)
    publish_stale(database, settings, MADE_AT)
    assert "Green seminar" not in feed_text(database, net)


@ON_SQLITE
def test_when_a_coordinator_ends_an_organisation_its_liaisons_see_nothing_and_their_feed_is_empty(
    database: Database, settings: Settings, net: Net, sign_in: SignIn
) -> None:
    publish_stale(database, settings, MADE_AT)
    liaison = sign_in(net.liaison)
    coordinator = sign_in(net.coordinator)
    here = f"/network/organisations/{net.organisation.id}/edit"
    sent = form_values(coordinator.get(here))
    sent["ends_on"] = (MADE_AT.date() - timedelta(days=1)).isoformat()
    assert coordinator.post(here, data=sent).status_code == 303
    with database.reading() as session:
        assert session.get_one(Organisation, net.organisation.id).ends_on == date(2026, 11, 21)
        found = standing_of(session, session.get_one(Person, net.liaison.id), MADE_AT)
        assert not found.is_in_network
        assert not found.organisations
    page = liaison.get(f"/trainings/{net.green}")
    assert page.status_code in {403, 404}
    publish_stale(database, settings, MADE_AT)
    assert "BEGIN:VEVENT" not in feed_text(database, net)
    assert invited(database, net) == set()


@ON_SQLITE
def test_letters_of_the_event_go_to_the_liaisons_of_who_is_invited(database: Database, net: Net) -> None:
    assert invited(database, net) == {"Liv"}
    with database.transaction() as session:
        session.get_one(TrainingEvent, net.green).marking = "TLP:AMBER"
    assert invited(database, net) == set()


@ON_SQLITE
def test_a_coordinator_invites_an_organisation_by_the_form_of_the_event(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    coordinator: FlaskClient = sign_in(net.coordinator)
    page = coordinator.get(f"/trainings/{net.green}/edit")
    assert "A university" in page.text
    with database.reading() as session:
        others = session.get_one(Person, net.other.id).organisation_id
    values = form_values(page) | {"organisations": str(others), "save": "1"}
    values["mode"] = "hybrid"
    answer = coordinator.post(f"/trainings/{net.green}/edit", data=values)
    assert answer.status_code == 303, text_of(answer)
    assert invited(database, net) == {"Liv", "Uma"}
    assert "A university" in text_of(coordinator.get(f"/trainings/{net.green}"))


@ON_SQLITE
def test_a_liaison_named_as_reviewer_of_a_product_reviews_it_while_the_organisation_works_with_the_network(
    database: Database, net: Net
) -> None:
    with database.transaction() as session:
        product = Product(kind=ProductKind.REPORT, created_at=MADE_AT, review_opened_at=MADE_AT)
        product.versions = [
            ProductVersion(number=1, title="A report", text="x", marking="TLP:AMBER", saved_at=MADE_AT)
        ]
        product.credits = [
            ProductCredit(position=1, role=CreditRole.REVIEWER, name="Liv", person_id=net.liaison.id)
        ]
        thing = replace(thing_of_review_by(net.liaison.id or 0, product, None), is_published=True)
        liaison = session.get_one(Person, net.liaison.id)
        assert may(standing_of(session, liaison, MADE_AT), Right.REVIEW, thing)
        end(session, net)
        session.flush()
        assert not may(standing_of(session, liaison, MADE_AT), Right.REVIEW, thing)


@ON_SQLITE
def test_the_desk_of_a_liaison_leads_to_the_forms_of_requests(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    way = '<a href="/ask">Ask us for something</a></p>\n</section>'
    liaison = sign_in(net.liaison)
    assert way in liaison.get("/desk").text
    assert way not in sign_in(net.coordinator).get("/desk").text
    with database.transaction() as session:
        organisation = session.get_one(Organisation, net.organisation.id)
        organisation.ends_on = MADE_AT.date() - timedelta(days=9)
    assert way not in liaison.get("/desk").text

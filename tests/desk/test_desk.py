"""My desk: what one person owes by when, in their own time, and the first page after sign-in for who owes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import (
    Letter,
    LetterState,
    Membership,
    Person,
    PersonRole,
    PreparationStep,
    Product,
    ProductReviewer,
    Role,
    TrainingEvent,
)
from exchange.preparation.actions import Decider, claim, give, mark_done
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import CycleAsk
from tests.access.routes import ON_SQLITE
from tests.answering.asked import Round, answer, make_round
from tests.factories import make_city, make_person, make_training
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import statements_for

NOW = datetime(2027, 10, 27, 9, tzinfo=UTC)  # the Wednesday of week 4 of the cycle
LINK = "https://files.example.org/minutes"


@dataclass(frozen=True)
class House:
    """The fifth cycle of 2027 with those it asked, an event of London on Thu 18 Nov, and who coordinates."""

    round: Round
    coordinator: Person
    training_id: int


@pytest.fixture
def house(database: Database, clock: HandClock) -> House:
    clock.set(NOW)
    with database.transaction() as session:
        made = make_round(session)
        coordinator = make_person(session, "Cora", city=made.london, roles=[Role.COORDINATOR])
        training = make_training(session, host_city=made.london, on_local=date(2027, 11, 18), title="Drones")
        for person in (made.anna, made.carl):
            made.asked(session, person, CycleAsk.CITIES)
        made.asked(session, made.emil, CycleAsk.GROUPS)
        return House(made, coordinator, training.id or 0)


def letter_of_launch(house: House) -> Letter:
    return Letter(
        once_key="E1:1",
        kind="E1",
        cycle_id=house.round.cycle.id,
        person_id=house.round.carl.id,
        to_name="Carl",
        to_address=house.round.carl.email,
        subject="",
        text="",
        html="",
        message_id="<1@example.org>",
        queued_at=NOW,
        due_at=NOW,
        sent_at=NOW - timedelta(days=9),
        state=LetterState.SENT,
    )


def desk(browser: FlaskClient) -> str:
    return text_of(browser.get("/desk"))


def test_the_lead_of_the_host_city_owes_the_milestones_of_its_event(house: House, sign_in: SignIn) -> None:
    page = desk(sign_in(house.round.bea))
    assert "Late (2) What For By" in page  # the midterm meeting, and the one of the concept is longer ago
    assert "Final planning meeting Must be done Drones TLP:GREEN Thu 28 Oct 2027" in page
    assert "Within a week (1)" in page
    assert "Read-ahead sent out" in page
    assert "After-action meeting" not in page  # more than four weeks ahead


@ON_SQLITE
def test_who_was_asked_owes_an_answer_by_the_end_of_their_own_day(
    house: House, sign_in: SignIn, database: Database
) -> None:
    carl = sign_in(house.round.carl)
    page = desk(carl)
    assert "Answer the questions for Washington DC Must be done" in page
    assert "Fri 29 Oct 2027" in page
    with database.transaction() as session:
        cycle_round = house.round
        addressee = cycle_round.asked(session, session.merge(cycle_round.carl), CycleAsk.CITIES)
        answer(session, addressee)
    assert "You owe nothing now" in desk(carl)


def test_a_chair_owes_the_stages_of_experts_and_a_coordinator_those_that_are_theirs(
    house: House, sign_in: SignIn, database: Database
) -> None:
    chair = desk(sign_in(house.round.dora))
    assert "Exchange" in chair
    assert "Launch" not in chair
    coordinator = desk(sign_in(house.coordinator))
    assert "Launch" in coordinator
    assert "Final planning meeting" not in coordinator  # London has a lead, who owes it
    assert "Answer the questions for Hostile drones" in desk(sign_in(house.round.emil))
    with database.transaction() as session:  # the launch is over once its letter has left
        session.add(letter_of_launch(house))
    assert "Launch" not in desk(sign_in(house.coordinator))


@ON_SQLITE
def test_what_a_milestone_is_due_by_is_said_in_the_readers_time_too(
    house: House, sign_in: SignIn, database: Database, app: Flask
) -> None:
    with database.transaction() as session:
        profiles = app.extensions["exchange"].profiles
        by = Decider(session.merge(house.coordinator), NOW)
        found = claim(session, house.training_id, profiles, version=1, now=NOW)
        give(session, found, found.line("fpm"), house.round.carl.email, by=by)
    carl = sign_in(house.round.carl)
    assert "Thu 28 Oct 2027 in London; for you until Thu 28 Oct 2027, 19:00" in desk(carl)
    assert f"/trainings/{house.training_id}/preparation#fpm" in carl.get("/desk").text
    assert "Final planning meeting" not in desk(sign_in(house.round.bea))
    with database.transaction() as session:
        found = claim(session, house.training_id, profiles, version=2, now=NOW)
        mark_done(session, found, found.line("fpm"), LINK, by=by)
    assert "Final planning meeting" not in desk(carl)


def test_events_of_cities_that_nobody_leads_are_the_coordinators(
    house: House, sign_in: SignIn, database: Database
) -> None:
    with database.transaction() as session:
        session.merge(house.round.bea).is_active = False
    assert "Final planning meeting Must be done Drones" in desk(sign_in(house.coordinator))


@ON_SQLITE
def test_nothing_is_owed_for_what_was_called_off_is_a_draft_or_may_not_be_known(
    house: House, sign_in: SignIn, database: Database
) -> None:
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, house.training_id)
        training.cancelled_at = NOW
        make_training(
            session,
            host_city=session.merge(house.round.london),
            on_local=date(2027, 11, 18),
            title="Secret",
            marking=Marking.RED,
            named_ids=[house.coordinator.id],
        )
        make_training(
            session,
            host_city=session.merge(house.round.london),
            on_local=date(2027, 11, 18),
            title="Unborn",
            is_published=False,
        )
    page = desk(sign_in(house.round.bea))
    assert not any(title in page for title in ("Drones TLP", "Secret", "Unborn"))


def product_in_review(database: Database, house: House) -> Product:
    """A product of the round's exchange that Carl is asked to review."""
    with database.transaction() as session:
        product = Product(
            cycle_id=house.round.cycle.id or 0,
            created_at=NOW,
            review_opened_at=NOW,
            review_due_on=date(2027, 10, 28),
        )
        session.add(product)
        session.flush()
        session.add(ProductReviewer(product_id=product.id, person_id=house.round.carl.id or 0, asked_at=NOW))
    return product


@ON_SQLITE
def test_a_reviewer_owes_a_word_while_the_product_is_in_review(
    house: House, sign_in: SignIn, database: Database
) -> None:
    product = product_in_review(database, house)
    page = desk(sign_in(house.round.carl))
    assert "Review the product Must be done" in page
    with database.transaction() as session:
        session.get_one(Product, product.id).published_at = NOW
    assert "Review the product" not in desk(sign_in(house.round.carl))


@ON_SQLITE
def test_who_owes_something_begins_at_the_desk_once_and_others_at_the_programme(
    house: House, sign_in: SignIn, database: Database
) -> None:
    with database.transaction() as session:
        liaison = make_person(
            session, "Liv", city=session.merge(house.round.london), roles=[Role.FINANCE_CONTACT]
        )
    lead, other = (sign_in(one, leads_to="/") for one in (house.round.bea, liaison))
    first = lead.get("/")
    assert (first.status_code, first.location) == (303, "/desk")
    assert lead.get("/").status_code == 200
    assert other.get("/").status_code == 200
    asked = sign_in(house.round.bea, leads_to="/")
    assert asked.get("/?year=2027").status_code == 200
    assert sign_in(house.round.bea, leads_to="/feeds").get("/").status_code == 200
    assert "You owe nothing now" in desk(other)
    assert other.application.test_client().get("/").status_code == 200  # a visitor


@ON_SQLITE
def test_the_desk_asks_as_often_for_one_event_as_for_thirty(
    house: House, sign_in: SignIn, database: Database, app: Flask
) -> None:
    browser = sign_in(house.round.bea)
    profiles = app.extensions["exchange"].profiles
    with database.transaction() as session:
        by = Decider(session.merge(house.coordinator), NOW)
        found = claim(session, house.training_id, profiles, version=1, now=NOW)
        give(session, found, found.line("mpm"), house.round.anna.email, by=by)
    browser.get("/desk")
    one = statements_for(browser, "/desk")
    with database.transaction() as session:
        london = session.merge(house.round.london)
        for number in range(29):
            made = make_training(session, host_city=london, on_local=date(2027, 11, 19), title=f"E{number}")
            found = claim(session, made.id or 0, profiles, version=1, now=NOW)
            give(session, found, found.line("mpm"), house.round.anna.email, by=by)
        assert session.get(PreparationStep, 30) is not None
    assert statements_for(browser, "/desk") == one


@ON_SQLITE
def test_what_somebody_may_no_longer_answer_or_review_is_not_on_their_desk(
    house: House, sign_in: SignIn, database: Database
) -> None:
    """Who moved to another city of the exchange still read of it, and was asked for what was refused."""
    product_in_review(database, house)
    carl = sign_in(house.round.carl)
    for words in ("Answer the questions for Washington DC", "Review the product"):
        assert words in desk(carl)
    with database.transaction() as session:
        session.get_one(Person, house.round.carl.id).city_id = house.round.london.id or 0
    page = desk(carl)
    assert "Answer the questions for Washington DC" not in page
    assert "Review the product" in page
    with database.transaction() as session:
        moved = session.get_one(Person, house.round.carl.id)
        moved.roles = [PersonRole(role=Role.COORDINATOR)]  # type: ignore[call-arg]  # the relation gives person_id
    page = desk(carl)
    assert "Launch" in page
    assert "Review the product" not in page


@ON_SQLITE
@pytest.mark.parametrize("left_on", [date(2027, 10, 25), date(2027, 10, 26)])
def test_events_of_a_city_that_left_are_the_coordinators(
    house: House, sign_in: SignIn, database: Database, left_on: date
) -> None:
    """Its lead no longer owed them, and coordinators did not see them for the lead there was."""
    with database.transaction() as session:
        for membership in session.exec(select(Membership).where(Membership.city_id == house.round.london.id)):
            membership.ends_on = left_on
        paris = make_city(session, "Paris")
        other = make_person(session, "Paula", city=paris, roles=[Role.COORDINATOR])
    assert "Final planning meeting Must be done Drones" in desk(sign_in(other))


@ON_SQLITE
def test_a_secret_event_whose_lead_is_not_named_is_on_the_desk_of_coordinators_who_are(
    house: House, sign_in: SignIn, database: Database
) -> None:
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, house.training_id)
        training.marking, training.named_ids = Marking.RED, [house.coordinator.id or 0]
        other = make_person(session, "Olga", city=session.merge(house.round.london), roles=[Role.COORDINATOR])
    assert "Final planning meeting Must be done Drones" in desk(sign_in(house.coordinator))
    assert "Drones TLP" not in desk(sign_in(other))
    assert "Drones TLP" not in desk(sign_in(house.round.bea))
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, house.training_id)
        training.named_ids = [house.coordinator.id or 0, house.round.bea.id or 0]
    assert "Final planning meeting" not in desk(sign_in(house.coordinator))
    assert "Final planning meeting" in desk(sign_in(house.round.bea))

"""The registry of what is owed: bounded by days, as many statements for much as for little, real pages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import Session
from werkzeug.exceptions import NotFound

from exchange.db import Database
from exchange.duties.listed import Plans, Window
from exchange.duties.owing import Reader
from exchange.duties.sources import KINDS, duties_within, owed_by
from exchange.models import Preparation, PreparationStep, Role, TrainingKind
from exchange.rules.access.standing import Standing
from exchange.rules.duties.duty import order_of
from exchange.rules.programme.preparation_profiles import read_profiles
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import ROOT, read_toml
from tests.answering.asked import make_round
from tests.factories import make_city, make_person, make_training, stage_plan
from tests.statements import counted

NOW = datetime(2027, 10, 27, 9, tzinfo=UTC)  # the Wednesday of week 4 of the cycle
PLANS = Plans(stage_plan(), read_profiles(read_toml(ROOT / "config/training.toml"), list(TrainingKind)))
WINDOW = Window(date(2027, 9, 1), date(2027, 11, 24), NOW, PLANS)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        made = make_round(session)
        make_training(session, host_city=made.london, on_local=date(2027, 11, 18), title="Drones")
        for person in (made.anna, made.carl):
            made.asked(session, person, CycleAsk.CITIES)
        yield session


def test_all_that_is_owed_near_some_days_is_listed_once_and_in_order(session: Session) -> None:
    found = [one.duty for one in duties_within(session, WINDOW)]
    assert found == sorted(found, key=order_of)
    assert len({one.key for one in found}) == len(found)
    assert all(WINDOW.first_on <= one.due_on <= WINDOW.last_on for one in found)
    nouns = {one.key.split(":")[0] for one in found}
    assert nouns == {"cycle", "training"}
    assert duties_within(session, replace(WINDOW, last_on=WINDOW.first_on - timedelta(days=400))) == []


def test_each_kind_belongs_to_one_source_and_each_page_is_there(session: Session, app: Flask) -> None:
    assert len(set(KINDS)) == len(KINDS)
    routes = app.url_map.bind("localhost")
    for one in duties_within(session, WINDOW):
        assert one.kind in KINDS
        try:
            routes.match(one.path.partition("#")[0], method="GET")
        except NotFound:
            pytest.fail(f"{one.path} is no page")


def test_a_milestone_moved_farther_than_its_profile_has_it_is_found(session: Session) -> None:
    """What is looked for by the profile's reach alone would lose it."""
    host = make_city(session, "Stockholm")
    late = make_training(session, host_city=host, on_local=date(2028, 9, 14), title="Far away")
    window = replace(WINDOW, first_on=date(2027, 11, 20), last_on=date(2027, 11, 24))
    assert late.title not in {one.duty.subject.title for one in duties_within(session, window)}
    move_first_milestone(session, late.id or 0, -297)
    assert late.title in {one.duty.subject.title for one in duties_within(session, window)}


def move_first_milestone(session: Session, training_id: int, days: int) -> None:
    row = Preparation(training_id=training_id)
    row.steps.append(PreparationStep(milestone="co", moved_days=days, moved_reason="Early"))
    session.add(row)
    session.flush()


def test_statements_do_not_grow_with_what_is_owed(session: Session, database: Database) -> None:
    duties_within(session, WINDOW)
    with counted(database) as one:
        duties_within(session, WINDOW)
    host = make_city(session, "Stockholm")
    make_person(session, "Lea", city=host, roles=[Role.CITY_LEAD])
    for number in range(30):
        make_training(session, host_city=host, on_local=date(2027, 11, 15), title=f"Event {number}")
    session.flush()
    with counted(database) as thirty:
        found = duties_within(session, WINDOW)
    assert len(found) > 60
    assert len(thirty) == len(one)


def test_nobody_owes_what_they_may_not_know_of(session: Session) -> None:
    found = duties_within(session, WINDOW)
    everything = Standing(person_id=1, is_in_network=True, plans=True)
    assert owed_by(Reader(everything), found, NOW)
    assert owed_by(Reader(Standing(person_id=1)), found, NOW) == []

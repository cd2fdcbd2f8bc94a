"""The sample programme: the calendar of 2027, planned through the product's own actions."""

from datetime import UTC, date, datetime

from sqlmodel import col, select

from exchange.commands.initial_data import fill
from exchange.db import Database
from exchange.models import Cycle, Publication, TrainingEvent
from exchange.rules.programme.trainings import cadence
from exchange.settings import Settings

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_sample_of_2027_is_the_clean_calendar(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        fill(session, settings, NOW, with_sample=True)
    with database.reading() as session:
        cycles = session.exec(select(Cycle).order_by(col(Cycle.starts_on))).all()
        sessions = [s.on_local for c in cycles for s in c.sittings if s.meeting == "session"]
        trainings = session.exec(select(TrainingEvent).order_by(col(TrainingEvent.on_local))).all()
    assert [(c.starts_on.month, c.starts_on.day) for c in cycles] == [
        (1, 11),
        (3, 8),
        (5, 3),
        (8, 9),
        (10, 4),
    ]
    assert sessions == [
        date(2027, 2, 11),
        date(2027, 4, 8),
        date(2027, 6, 3),
        date(2027, 9, 9),
        date(2027, 11, 4),
    ]
    assert [c.publication for c in cycles] == [Publication.PUBLISHED] * 4 + [Publication.DRAFT]
    rhythm = cadence([t.on_local for t in trainings], date(2027, 1, 1), date(2027, 12, 31))
    assert rhythm.is_within
    assert 10 <= rhythm.count <= 13
    assert len({t.host_city_id for t in trainings}) == 3
    assert {t.publication for t in trainings} == {Publication.PUBLISHED, Publication.DRAFT}
    assert {t.marking for t in trainings} >= {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"}


def test_sample_is_planned_once(database: Database, settings: Settings) -> None:
    for _ in range(2):
        with database.transaction() as session:
            fill(session, settings, NOW, with_sample=True)
    with database.reading() as session:
        assert len(session.exec(select(Cycle)).all()) == 5

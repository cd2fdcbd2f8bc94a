"""Days that a city writes itself: who may, what is refused, and that meetings and plans hear of them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.busy_times import busy_intervals
from exchange.db import Database
from exchange.models import AuditEntry, Role, UnavailableDays
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn

FORM = "/busy/unavailable"


class People:
    """A city with its contact and an expert, and people elsewhere."""

    def __init__(self, database: Database) -> None:
        with database.transaction() as session:
            stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
            self.city_id, self.london_id = stockholm.id or 0, london.id or 0
            self.contact = make_person(session, "Cia Contact", city=stockholm)
            self.expert = make_person(session, "Egil Expert", city=stockholm, roles=[Role.EXPERT])
            self.other = make_person(session, "Otis Other", city=london)
            self.coordinator = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])


@pytest.fixture
def people(database: Database) -> People:
    return People(database)


def write(client: FlaskClient, city_id: int, first: date, last: date) -> tuple[int, str]:
    answer = client.post(FORM, data={"city": city_id, "first_on": str(first), "last_on": str(last)})
    return answer.status_code, text_of(answer) if answer.status_code != 303 else ""


def test_no_city_is_chosen_for_who_may_write_for_several(
    sign_in: SignIn, people: People, database: Database, clock: HandClock
) -> None:
    coordinator, day = sign_in(people.coordinator), clock().date() + timedelta(days=30)
    assert "Choose a city" in text_of(coordinator.get(FORM))
    answer = coordinator.post(FORM, data={"city": "", "first_on": str(day), "last_on": str(day)})
    assert (answer.status_code, "Say which city." in text_of(answer)) == (400, True)
    assert written(database) == []
    assert "Choose a city" not in text_of(sign_in(people.contact).get(FORM))


def written(database: Database) -> list[UnavailableDays]:
    with database.reading() as session:
        return list(session.exec(select(UnavailableDays)).all())


def test_days_are_written_shown_and_taken_back(
    sign_in: SignIn, people: People, database: Database, clock: HandClock
) -> None:
    contact, first = sign_in(people.contact), clock().date() + timedelta(days=30)
    assert "No days yet" in text_of(contact.get(FORM))
    assert write(contact, people.city_id, first, first + timedelta(days=2))[0] == 303
    for page in (FORM, "/busy"):
        assert re.search(r"Stockholm ?: .* to .* Take back", text_of(contact.get(page)))
    (span,) = written(database)
    status, words = write(contact, people.city_id, first, first)
    assert (status, "written down already" in words) == (400, True)
    assert "Forms and the planner no longer keep clear" in text_of(contact.get(f"{FORM}/{span.id}/remove"))
    assert contact.post(f"{FORM}/{span.id}/remove").status_code == 303
    assert written(database) == []
    assert contact.post(f"{FORM}/{span.id}/remove").status_code == 404
    with database.reading() as session:
        entries = session.exec(select(AuditEntry)).all()
    told = [entry.action for entry in entries if entry.subject.startswith("unavailable days:")]
    assert told == ["write unavailable days", "remove unavailable days"]


def test_who_answers_for_the_city_writes_and_nobody_else(
    sign_in: SignIn, people: People, database: Database, clock: HandClock
) -> None:
    first = clock().date() + timedelta(days=30)
    assert write(sign_in(people.contact), people.london_id, first, first)[0] == 400
    assert write(sign_in(people.expert), people.city_id, first, first)[0] == 400
    assert write(sign_in(people.coordinator), people.city_id, first, first)[0] == 303
    (span,) = written(database)
    for stranger in (people.other, people.expert):
        assert sign_in(stranger).post(f"{FORM}/{span.id}/remove").status_code == 404
        assert "Take back" not in text_of(sign_in(stranger).get("/busy"))
    assert sign_in(people.contact).post(f"{FORM}/{span.id}/remove").status_code == 303


@pytest.mark.parametrize(
    ("from_days", "to_days", "words"),
    [
        (5, 4, "before the first"),
        (-5, -1, "over already"),
        (1, 400, "At most 366 days"),
        (1200, 1201, "too far ahead"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(
    sign_in: SignIn, people: People, clock: HandClock, from_days: int, to_days: int, words: str
) -> None:
    today = clock().date()
    span = (today + timedelta(days=from_days), today + timedelta(days=to_days))
    status, said = write(sign_in(people.contact), people.city_id, *span)
    assert (status, words in said) == (400, True)


def test_the_days_are_busy_from_midnight_to_midnight_on_the_city_s_wall(
    people: People, database: Database
) -> None:
    """28 March 2027 has 23 hours in Stockholm."""
    with database.transaction() as session:
        session.add(
            UnavailableDays(
                city_id=people.city_id,
                first_on=date(2027, 3, 27),
                last_on=date(2027, 3, 28),
                given_at=datetime(2027, 1, 1, tzinfo=UTC),
            )
        )
    begins, ends = datetime(2027, 3, 26, 23, tzinfo=UTC), datetime(2027, 3, 28, 22, tzinfo=UTC)
    minute = timedelta(minutes=1)
    with database.reading() as session:
        for from_at, to_at, is_busy in (
            (begins - minute, begins, False),
            (begins, begins + minute, True),
            (ends - minute, ends, True),
            (ends, ends + minute, False),
        ):
            found = busy_intervals(session, [people.city_id, people.london_id], from_at, to_at)
            assert [(one.starts_at, one.ends_at) for one in found] == ([(begins, ends)] if is_busy else [])

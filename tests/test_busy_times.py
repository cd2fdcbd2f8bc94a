"""Busy times where they are needed: in the forms of cycles and training events, and for the planner."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.busy_times import busy_intervals
from exchange.db import Database
from exchange.models import BusyCalendar, BusyInterval, City, Cycle, MembershipStatus, Person, Role
from exchange.rules.findings.busy import BusyTime
from tests.factories import (
    MADE_AT,
    make_city,
    make_cycle,
    make_group,
    make_person,
    make_theme,
    make_training,
    stage_plan,
)
from tests.pages import text_of
from tests.sign_in import SignIn

SESSION_AT = datetime(
    2027, 10, 28, 13, tzinfo=UTC
)  # C5's session: 14:00 in London, before the clocks go back
TRAINING_AT = datetime(2027, 3, 11, 9, tzinfo=UTC)  # 10:00 in Stockholm
HOUR = timedelta(hours=1)


def make_busy(
    session: Session, starts_at: datetime, *, city: City | None = None, person: Person | None = None
) -> None:
    """An hour in which a city or a person is busy."""
    calendar = BusyCalendar(
        city_id=city.id if city else None,
        person_id=person.id if person else None,
        kind="ics",
        host="calendar.example.org",
        sealed="",
        given_at=MADE_AT,
        due_at=MADE_AT,
    )
    session.add(calendar)
    session.flush()
    session.add(BusyInterval(calendar_id=calendar.id or 0, starts_at=starts_at, ends_at=starts_at + HOUR))


class Network:
    """Two lead cities and two members, all busy at the sessions, and people who are."""

    def __init__(self, session: Session) -> None:
        self.stockholm = make_city(session, "Stockholm", status=MembershipStatus.LEAD)
        self.london = make_city(session, "London", status=MembershipStatus.LEAD)
        self.dublin, self.sydney = make_city(session, "Dublin"), make_city(session, "Sydney")
        self.coordinator = make_person(session, city=self.london, roles=[Role.COORDINATOR])
        self.expert = make_person(session, "Sid Secret", city=self.sydney, roles=[Role.EXPERT])
        self.gone = make_person(session, "Gil Gone", city=self.dublin, is_active=False)
        self.group = make_group(session, members=[self.expert, self.gone])
        self.theme = make_theme(session)
        for at in (SESSION_AT, TRAINING_AT):
            for city in (self.stockholm, self.dublin, self.sydney):
                make_busy(session, at, city=city)
            for person in (self.expert, self.gone):
                make_busy(session, at, person=person)


@pytest.fixture
def network(database: Database) -> Network:
    with database.transaction() as session:
        return Network(session)


@pytest.fixture
def coordinator(sign_in: SignIn, network: Network) -> FlaskClient:
    return sign_in(network.coordinator)


def busy_lines(words: str) -> list[str]:
    """The findings about busy calendars, shortened to what matters."""
    parts = words.replace("Note ", "\nNote ").replace("Warning ", "\nWarning ").split("\n")
    return [part[:44].strip() for part in parts if " busy " in part and part.startswith(("Note", "Warning"))]


def test_the_planner_reads_the_intervals_of_cities_and_of_nobody_else(
    database: Database, network: Network
) -> None:
    with database.reading() as session:
        ids = [network.stockholm.id or 0, network.sydney.id or 0]
        found = busy_intervals(session, ids, TRAINING_AT + HOUR / 2, TRAINING_AT + HOUR * 5)
        assert found == [BusyTime(one, TRAINING_AT, TRAINING_AT + HOUR) for one in ids]
        assert busy_intervals(session, ids, TRAINING_AT + HOUR, TRAINING_AT + HOUR * 5) == []
        assert busy_intervals(session, [], TRAINING_AT, SESSION_AT) == []


def test_the_form_of_a_new_cycle_and_its_page_show_who_is_busy(
    coordinator: FlaskClient, network: Network, database: Database
) -> None:
    form = {
        "theme_id": network.theme.id,
        "lead_city_id": network.stockholm.id,
        "cities": [network.dublin.id],
        "groups": [network.group.id],
        "marking": "TLP:GREEN",
        "starts_on": "2027-09-27",
        "duration_weeks": 8,
        "session_on": "2027-10-28",
        "at": "14:00",
        "time_zone": "Europe/London",
        "minutes": 90,
        "sittings": "1",
        "preview": "1",
        **{f"stage_weeks-{number}": "" for number in range(len(stage_plan().stages_within))},
    }
    page = coordinator.post("/cycles/new", data=form)
    lines = busy_lines(text_of(page))
    assert lines == [
        "Warning Stockholm is busy by its own calenda",
        "Note A person of Sydney is busy during the m",
        "Note Dublin is busy by its own calendar from",
    ]
    assert "Sid Secret" not in page.text
    with database.transaction() as session:
        cycle = make_cycle(
            session,
            lead_city=session.get_one(City, network.stockholm.id),
            starts_on=date(2027, 9, 27),
            sittings=[(time(14), "Europe/London")],
        )
        for sitting in cycle.sittings:
            sitting.on_local = date(2027, 10, 28)
        session.flush()
        cycle_id = cycle.id
    assert busy_lines(text_of(coordinator.get(f"/cycles/{cycle_id}"))) == lines[:1]


def test_a_sitting_moved_to_a_busy_time_says_so_at_once(
    coordinator: FlaskClient, network: Network, database: Database
) -> None:
    with database.transaction() as session:
        lead = session.get_one(City, network.stockholm.id)
        cycle = make_cycle(session, lead_city=lead, starts_on=date(2027, 9, 27))
        cycle_id, sitting_id, version = cycle.id, cycle.sittings[0].id, cycle.version
    form = {
        "version": version,
        "on": "2027-10-28",
        "at": "14:30",
        "time_zone": "Europe/London",
        "minutes": 60,
    }
    address = f"/cycles/{cycle_id}/sittings/{sitting_id}/move"
    page = coordinator.post(address, data=form, follow_redirects=True)
    assert page.status_code == 200
    said = text_of(page).partition("The new time is saved.")[2]
    assert said.startswith(
        " Stockholm is busy by its own calendar from Thu 28 Oct 2027, 15:00 to Thu 28 Oct 2027"
    )
    with database.transaction() as session:
        version = session.get_one(Cycle, cycle_id).version
    form |= {"version": version, "at": "17:00"}
    page = coordinator.post(address, data=form, follow_redirects=True)
    assert "is busy" not in text_of(page)


def test_the_form_of_a_training_event_shows_who_is_busy(
    coordinator: FlaskClient, network: Network, database: Database
) -> None:
    with database.transaction() as session:
        host = session.get_one(City, network.stockholm.id)
        for_all = make_training(session, host_city=host).id
        for_two = make_training(session, host_city=host, cities=[session.get_one(City, network.dublin.id)]).id
    host_line = "Warning Stockholm is busy by its own calenda"
    notes = [
        "Note Dublin is busy by its own calendar from",
        "Note Sydney is busy by its own calendar from",
        "Note A person of Sydney is busy during the m",
    ]
    assert sorted(busy_lines(text_of(coordinator.get(f"/trainings/{for_all}")))) == sorted(
        [host_line, *notes]
    )
    assert busy_lines(text_of(coordinator.get(f"/trainings/{for_two}"))) == [host_line, notes[0]]

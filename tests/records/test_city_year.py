"""A city's year: what it took part in, how many were there, objectives, findings; its CSV; who reads it."""

import csv
import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.models import (
    Headway,
    Lesson,
    LessonKind,
    LessonProgress,
    Preparation,
    Role,
    Theme,
    TrainingObjective,
)
from tests.factories import make_cycle, make_person, make_training
from tests.pages import text_of
from tests.records.conftest import NOW, Net, note
from tests.sign_in import SignIn
from tests.statements import statements_for

PAGE = "/network/cities/sydney/years/2026"
CSV = "/export/cities/sydney/2026.csv"


def a_year(session: Session, net: Net, marking: str = "TLP:AMBER") -> None:
    """An exchange and two events of Sydney, one hosted, with ratings; a finding that is under way."""
    theme = session.get_one(Theme, net.theme.id)
    fields = {"theme_id": theme.id, "marking": marking}
    cycle = make_cycle(
        session,
        lead_city=net.london,
        cities=[net.sydney],
        theme=theme,
        title="Drones over stadiums",
        starts_on=date(2026, 6, 1),
        marking=marking,
    )
    note(session, cycle, net.sydney, 4, remote=4)
    joined = make_training(
        session, host_city=net.london, title="Table-top on drones", on_local=date(2026, 10, 15), **fields
    )
    note(session, joined, net.sydney, 7, remote=2)
    make_training(
        session,
        host_city=net.sydney,
        cities=[net.london],
        kind="drill",
        title="Drill at the harbour",
        on_local=date(2026, 11, 5),
        **fields,
    )
    session.add(
        Preparation(
            training_id=joined.id or 0,
            objectives=[
                TrainingObjective(position=place, text=f"Objective {place}", rating=rating)
                for place, rating in enumerate(("P", "P", "M", ""), 1)
            ],
        )
    )
    for title, state in (("Say early who leads", Headway.UNDER_WAY), ("Keep lists", Headway.NOT_STARTED)):
        lesson = Lesson(
            kind=LessonKind.LESSON,
            state="accepted",
            title=title,
            text="Text",
            source="A report",
            marking=marking,
            created_at=NOW,
        )
        session.add(lesson)
        session.flush()
        session.add(
            LessonProgress(lesson_id=lesson.id or 0, city_id=net.sydney.id or 0, state=state, set_at=NOW)
        )


@pytest.mark.parametrize("who", ["contact", "board", "auditor", "coordinator"])
def test_a_citys_year_is_shown_to_its_people_boards_auditors_and_coordinators(
    sign_in: SignIn, database: Database, net: Net, who: str
) -> None:
    with database.transaction() as session:
        a_year(session, net)
    page = text_of(sign_in(getattr(net, who)).get(PAGE))
    assert "Exchanges 1 Training events 2 People who were there 11" in page
    assert "Drones over stadiums TLP:AMBER Exchange from Mon 1 Jun 2026" in page
    assert "took part 4, 4 of them from elsewhere" in page
    assert "took part 7, 2 of them from elsewhere" in page
    assert "Drill at the harbour TLP:AMBER Drill Thu 5 Nov 2026" in page
    assert "hosted it not noted" in page
    assert "P – performed without challenges 2 M – performed with major challenges 1 Not rated 1" in page
    assert "Say early who leads" in page
    assert "Keep lists" not in page


def test_another_city_and_who_stands_for_none_find_no_such_page(
    sign_in: SignIn, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        finance = make_person(session, "Fay", city=net.sydney, roles=[Role.FINANCE_CONTACT])
    for person in (net.other, finance):
        assert sign_in(person).get(PAGE).status_code == 404
        assert sign_in(person).get(CSV).status_code == 404


def test_a_board_reads_nothing_that_is_for_those_invited_alone(
    board: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        a_year(session, net, "TLP:AMBER+STRICT")
    page = text_of(board.get(PAGE))
    assert "Exchanges 0 Training events 0 People who were there 0" in page
    assert "Nothing in this year has begun that you may know of." in page
    assert "Say early who leads" not in page
    assert "Exchanges 1 Training events 1" in text_of(contact.get(PAGE)), "what names the city is its own"


def test_the_table_says_what_the_page_says(contact: FlaskClient, database: Database, net: Net) -> None:
    with database.transaction() as session:
        a_year(session, net)
    answer = contact.get(CSV)
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["kind"], row["day"], row["part"], row["people"], row["remote"]) for row in rows] == [
        ("exchange", "2026-06-01", "took part", "4", "4"),
        ("table-top", "2026-10-15", "took part", "7", "2"),
        ("drill", "2026-11-05", "hosted", "", ""),
        ("finding", "", "", "", ""),
    ]
    assert rows[1]["objectives_performed"] == "2"
    assert rows[1]["objectives_not_rated"] == "1"
    assert rows[3]["state"] == "under way"
    assert f'href="{CSV}"' in contact.get(PAGE).text


@pytest.mark.parametrize("path", ["/network/cities/nowhere/years/2026", "/network/cities/sydney/years/1999"])
def test_a_city_or_year_that_is_none_is_not_found(coordinator: FlaskClient, net: Net, path: str) -> None:
    assert coordinator.get(path).status_code == 404


def test_an_empty_year_says_so_and_the_citys_page_leads_to_this_one(contact: FlaskClient, net: Net) -> None:
    page = text_of(contact.get("/network/cities/sydney/years/2031"))
    assert "Nothing in this year has begun that you may know of." in page
    assert 'href="/network/cities/sydney/years/2027"' in contact.get("/network/cities/sydney").text


@pytest.mark.parametrize("path", [PAGE, CSV])
def test_a_full_year_takes_as_many_statements_as_a_short_one(
    coordinator: FlaskClient, database: Database, net: Net, path: str
) -> None:
    with database.transaction() as session:
        a_year(session, net)
    coordinator.get(path)
    first = statements_for(coordinator, path)
    with database.transaction() as session:
        for _ in range(10):
            a_year(session, net)
    assert statements_for(coordinator, path) == first

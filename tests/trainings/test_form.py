"""Bad input gets a sentence at its field, what was typed stays, and nothing is saved."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import TrainingEvent
from tests.pages import text_of
from tests.trainings.conftest import Net, typed

LONG = "x" * 10_000


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", LONG, "10,000 characters long"),
        ("title", "Two\r\nlines", "one line without line breaks"),
        ("title", "Bell\x07", "one line without line breaks"),
        ("title", "", "Give the event a title."),
        ("description", "null\x00byte", "Take out control characters"),
        ("on", "tomorrow", "Not a valid date value"),
        ("at", "2 pm", "Not a valid time value"),
        ("time_zone", "Mars/Olympus", "is not a known time zone"),
        ("minutes", "5", "from 15 minutes to a week"),
        ("minutes", "999999", "from 15 minutes to a week"),
        ("join_link", "http://meet.example.org", "begins with https://"),
        ("join_link", "javascript:alert(1)", "begins with https://"),
        ("marking", "SECRET", "Not a valid choice"),
        ("marking", None, "Choose a marking"),
        ("kind", "party", "Not a valid choice"),
        ("host_city_id", "9999", "Not a valid choice"),
        ("audience", "chosen", "Choose at least one city or one expert group."),
    ],
)
def test_bad_input_is_refused_at_its_field(
    coordinator: FlaskClient, database: Database, net: Net, field: str, value: str | None, said: str
) -> None:
    sent = typed(net, place="Kept all the same")
    sent[field] = value
    answer = coordinator.post("/trainings/new", data={k: v for k, v in sent.items() if v is not None})
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert "Kept all the same" in answer.text
    with database.reading() as session:
        assert session.exec(select(TrainingEvent)).first() is None


def test_wall_time_in_the_gap_of_spring_is_refused_with_its_neighbours(
    coordinator: FlaskClient, net: Net
) -> None:
    sent = typed(net, on="2027-03-28", at="02:30", time_zone="Europe/Stockholm")
    answer = coordinator.post("/trainings/new", data=sent)
    assert answer.status_code == 400
    assert "02:30 does not exist in Europe/Stockholm" in text_of(answer)
    assert "Choose 01:30 or 03:30." in text_of(answer)


def test_wall_time_that_comes_twice_is_taken_first_and_said(coordinator: FlaskClient, net: Net) -> None:
    sent = typed(net, on="2027-10-31", at="02:30", time_zone="Europe/Stockholm", preview="1")
    answer = coordinator.post("/trainings/new", data=sent)
    assert answer.status_code == 200
    assert (
        "02:30 comes twice in Europe/Stockholm on Sun 31 Oct 2027, when clocks go back: the first is meant."
        in text_of(answer)
    )


def test_empty_zone_is_the_host_citys(coordinator: FlaskClient, database: Database, net: Net) -> None:
    sent = typed(net, host_city_id=str(net.cities["Washington DC"].id))
    assert coordinator.post("/trainings/new", data=sent).status_code == 303
    with database.reading() as session:
        assert session.exec(select(TrainingEvent)).one().time_zone == "America/New_York"


def test_new_form_offers_a_day_in_the_next_window(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """Without any event: four to five weeks from today, here Mon 23 Nov 2026, on a Tuesday to Thursday."""
    assert 'value="2026-12-22"' in coordinator.get("/trainings/new").text


def test_form_of_an_older_page_is_refused(coordinator: FlaskClient, database: Database, net: Net) -> None:
    made = coordinator.post("/trainings/new", data=typed(net)).location
    first = coordinator.post(f"{made}/edit", data=typed(net, version="1", title="First"))
    assert first.status_code == 303
    second = coordinator.post(f"{made}/edit", data=typed(net, version="1", title="Second"))
    assert second.status_code == 409
    with database.reading() as session:
        assert session.exec(select(TrainingEvent)).one().title == "First"


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("button", ["save", "preview"])
def test_date_in_no_year_that_is_planned_is_refused_at_its_field(
    coordinator: FlaskClient, net: Net, on: str, button: str
) -> None:
    """The week around such a day does not exist: the form was answered with 500."""
    sent = typed(net, on=on)
    del sent["save"]
    answer = coordinator.post("/trainings/new", data=sent | {button: "1"})
    assert answer.status_code == 400
    assert "between 2000 and 2100" in answer.text

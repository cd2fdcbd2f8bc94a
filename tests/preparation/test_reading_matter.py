"""What there is to read for an event, each link under its own marking, and whom to turn to at it."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.mail.schedule.letter_schedule import planned_for_training
from exchange.mail.writing.compose import planned_letter
from exchange.models import City, TrainingEvent, TrainingLink
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.factories import stage_plan
from tests.pages import text_of
from tests.preparation.conftest import Event
from tests.sign_in import SignIn
from tests.trainings.conftest import NOW

pytestmark = ON_SQLITE
READ_AHEAD = "https://files.example.org/read-ahead"
SETTINGS = Settings(base_url="https://exchange.example.org")


def row(number: int, label: str, url: str, marking: str) -> dict[str, str]:
    values = {"label": label, "url": url, "marking": marking}
    return {f"links-{number}-{name}": value for name, value in values.items()}


def save(browser: FlaskClient, event: Event, version: int = 1, **sent: str) -> tuple[int, str]:
    markings = {f"links-{n}-marking": "TLP:GREEN" for n in range(5)}
    answer = browser.post(f"{event.page}/reading", data={"version": str(version)} | markings | sent)
    return answer.status_code, "" if answer.status_code == 303 else text_of(answer)


def test_links_stand_on_the_events_page_as_far_as_their_markings_let_them(
    coordinator: FlaskClient, event: Event, sign_in: SignIn
) -> None:
    sent = row(0, "Read-ahead", READ_AHEAD, "TLP:GREEN")
    sent |= row(3, "Manual", "https://files.example.org/manual", "TLP:AMBER+STRICT")
    assert save(coordinator, event, **sent)[0] == 303
    page = f"/trainings/{event.id}"
    assert "To read Read-ahead TLP:GREEN Manual TLP:AMBER+STRICT" in text_of(coordinator.get(page))
    assert "changed what there is to read" in text_of(coordinator.get(page))
    guest = text_of(sign_in(event.planner).get(page))  # of a city that the event does not name
    assert "Read-ahead TLP:GREEN" in guest
    assert "Manual" not in guest
    assert f'value="{READ_AHEAD}"' in coordinator.get(f"{event.page}/reading").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (row(0, "", READ_AHEAD, "TLP:GREEN"), "Link 1 needs words that say what it is."),
        (row(1, "Manual", "http://files.example.org", "TLP:GREEN"), "Link 2 begins with https://."),
        (row(0, "Manual", READ_AHEAD, "secret"), "Not a valid choice"),
        (row(0, "Manual", READ_AHEAD, "TLP:RED"), "A link is TLP:RED only where its event is"),
        (row(5, "Manual", READ_AHEAD, "TLP:GREEN"), "At most 5 rows fit here"),
        ({"welfare": "x" * 600}, "characters long; at most 500 fit"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_half_saved(
    coordinator: FlaskClient, database: Database, event: Event, sent: dict[str, str], said: str
) -> None:
    status, page = save(coordinator, event, **({"welfare": "Ask Ann."} | sent))
    assert (status == 303, said in page) == (False, True), page
    with database.reading() as session:
        assert session.exec(select(TrainingLink)).all() == []
        assert session.get_one(TrainingEvent, event.id).welfare == ""


def test_a_page_that_was_overtaken_saves_nothing(coordinator: FlaskClient, event: Event) -> None:
    assert save(coordinator, event, welfare="Ask Ann.")[0] == 303
    assert save(coordinator, event, welfare="Ask Bo.")[0] == 409


def test_whom_to_turn_to_is_the_host_citys_until_the_event_has_its_own(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    page = f"/trainings/{event.id}"
    assert "Whom to turn to" not in text_of(coordinator.get(page))
    with database.transaction() as session:
        london = session.exec(select(City).where(City.name == "London")).one()
        london.welfare = "The duty chaplain,\n020 7946 0000."
    assert "Whom to turn to If something weighs on you" in text_of(coordinator.get(page))
    assert "The duty chaplain" in text_of(coordinator.get(page))
    assert "turn to:\nThe duty chaplain,\n020 7946 0000.\n" in invitation(database, event)
    assert save(coordinator, event, welfare="Ask Ann.")[0] == 303
    assert "turn to:\nAsk Ann.\n" in invitation(database, event)
    assert "chaplain" not in text_of(coordinator.get(page))
    with database.transaction() as session:
        session.get_one(TrainingEvent, event.id).marking = "TLP:AMBER"
    assert "Ask Ann." not in invitation(database, event)  # a letter carries no more than the title then


def invitation(database: Database, event: Event) -> str:
    with database.reading() as session:
        training = session.get_one(TrainingEvent, event.id)
        planned = planned_for_training(session, training, now=NOW)
        first = next(one for one in planned if one.kind == "T1")
        return planned_letter(first, plan=stage_plan(), settings=SETTINGS).text

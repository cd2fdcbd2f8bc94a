"""Three to five objectives of an event, each on a theme, rated once the event is over."""

from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import Theme, TrainingEvent, TrainingObjective
from tests.access.routes import ON_SQLITE
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.preparation.conftest import Event
from tests.sign_in import SignIn

TEXTS = ("Agree who leads within the hour.", "Tell families within a day.", "Name a liaison in each city.")


def typed(version: int, *texts: str, **more: str) -> dict[str, str]:
    rows = {f"objectives-{n}-text": text for n, text in enumerate(texts)}
    return {"version": str(version), **rows, **more}


def test_objectives_are_given_shown_and_after_the_event_rated(
    coordinator: FlaskClient, database: Database, event: Event, clock: HandClock, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        theme = Theme(key="T01", name="Strategic coordination")
        session.add(theme)
        session.flush()
        theme_id = str(theme.id)
    address = f"{event.page}/objectives"
    assert "They are rated here once the event is over." in text_of(coordinator.get(address))
    sent = typed(1, *TEXTS, **{"objectives-0-theme_id": theme_id})
    assert coordinator.post(address, data=sent).status_code == 303
    page = text_of(coordinator.get(event.page))
    assert f"{TEXTS[0]} (T01 Strategic coordination) Not rated" in page

    clock.set(datetime(2027, 6, 3, 16, tzinfo=UTC))  # it ended at 16:00 in London, an hour ago
    browser = sign_in(event.net.coordinator)
    assert "Rating" in text_of(browser.get(address))
    rated = typed(2, *TEXTS[1:], "A new one.", **{"objectives-0-rating": "S", "objectives-1-rating": "U"})
    assert browser.post(address, data=rated).status_code == 303
    with database.reading() as session:
        found = session.exec(select(TrainingObjective).order_by(TrainingObjective.position)).all()
        assert [(one.position, one.text, one.rating) for one in found] == [
            (1, TEXTS[1], "S"),
            (2, TEXTS[2], "U"),
            (3, "A new one.", ""),
        ]
    assert "S – performed with some challenges" in text_of(browser.get(event.page))
    again = browser.post(address, data=typed(3, *TEXTS, **{"objectives-0-theme_id": "999"}))
    assert again.status_code == 400
    emptied = browser.post(address, data=typed(3))
    assert emptied.status_code == 303
    assert "None yet." in text_of(browser.get(event.page))


@ON_SQLITE
def test_an_event_ahead_again_keeps_its_ratings_when_an_objective_is_worded_anew(
    database: Database, event: Event, clock: HandClock, sign_in: SignIn
) -> None:
    """Every save was refused, at a field that the page did not show."""
    address = f"{event.page}/objectives"
    clock.set(datetime(2027, 6, 3, 16, tzinfo=UTC))
    browser = sign_in(event.net.coordinator)
    rated = typed(1, *TEXTS, **{f"objectives-{n}-rating": letter for n, letter in enumerate("PSM")})
    assert browser.post(address, data=rated).status_code == 303
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, event.id)
        training.on_local = date(2027, 8, 12)
    new = "Name two liaisons in each city."
    assert browser.post(address, data=typed(2, TEXTS[1], TEXTS[0], new)).status_code == 303
    assert ratings(database) == [(TEXTS[1], "S"), (TEXTS[0], "P"), (new, "M")]
    assert browser.post(address, data=typed(3, "A fourth.", *TEXTS[:2], new)).status_code == 303
    assert ratings(database) == [("A fourth.", ""), (TEXTS[0], "P"), (TEXTS[1], "S"), (new, "M")]
    forged = typed(4, "A fourth.", *TEXTS[:2], new, **{"objectives-0-rating": "P"})
    assert "rated once the event is over" in text_of(browser.post(address, data=forged))
    assert browser.post(address, data=typed(4)).status_code == 303
    assert ratings(database) == []


def ratings(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        found = session.exec(select(TrainingObjective).order_by(TrainingObjective.position)).all()
        return [(one.text, one.rating) for one in found]

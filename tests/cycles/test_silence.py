"""Moves of a published cycle tell its readers, unless somebody gives a reason why not."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.cycles.actions import publish_cycle
from exchange.db import Database
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import AuditEntry, Cycle
from tests.cycles.conftest import NOW, Net, SignIn, opened
from tests.factories import stage_plan
from tests.pages import text_of

PATH = "/cycles/1/stages/review/move"
MOVED = {"starts_on": "2027-02-24", "version": "2"}


@pytest.fixture
def coordinator(net: Net, sign_in: SignIn, database: Database) -> FlaskClient:
    with database.transaction() as session:
        cycle = opened(session, net)
        publish_cycle(session, cycle, plan=stage_plan(), actor=net.coordinator, now=NOW)
    return sign_in(net.coordinator)


def saved(database: Database) -> Cycle:
    with database.reading() as session:
        found = session.get_one(Cycle, 1)
        assert found.stages
        session.expunge_all()
        return found


def test_a_move_is_told_ten_minutes_later_and_the_page_says_so(
    coordinator: FlaskClient, database: Database
) -> None:
    assert "Save without telling anybody" in text_of(coordinator.get(PATH))
    assert coordinator.post(PATH, data=MOVED).status_code == 303
    assert saved(database).tell_at == NOW + QUIET
    assert "get a letter about the change from Mon 23 Nov 2026, 10:10 on." in text_of(
        coordinator.get("/cycles/1")
    )


def test_silence_without_a_reason_saves_nothing(coordinator: FlaskClient, database: Database) -> None:
    answer = coordinator.post(PATH, data=MOVED | {"is_silent": "y"})
    assert answer.status_code == 400
    assert "Write why nobody is told" in text_of(answer)
    review = next(stage for stage in saved(database).stages if stage.key == "review")
    assert review.starts_on == date(2027, 2, 22)


def test_silence_with_a_reason_is_kept_in_the_history(coordinator: FlaskClient, database: Database) -> None:
    data = MOVED | {"is_silent": "y", "reason": "A slip of the pen"}
    assert coordinator.post(PATH, data=data).status_code == 303
    assert saved(database).tell_at is None
    page = text_of(coordinator.get("/cycles/1"))
    assert "Cora Coordinator told nobody of it" in page
    assert "A change was saved without telling anybody." in page
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "save without telling")).one()
        assert entry.reason == "A slip of the pen"


def test_a_draft_and_a_postponed_cycle_offer_no_silence(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        opened(session, net, date(2027, 3, 8))
    assert "Save without telling" not in text_of(coordinator.get("/cycles/2/move-start"))
    coordinator.post("/cycles/1/postpone", data={"reason": "A flood", "version": "2"})
    assert "Save without telling" not in text_of(coordinator.get("/cycles/1/move-start"))

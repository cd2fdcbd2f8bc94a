"""The receipt, the letter with a later day and that with the outcome, in English and Swedish."""

import pytest
from sqlmodel import Session

from exchange.db import Database
from exchange.models import NetworkRequest, RequestState
from exchange.requests.letters import By, queue_extension, queue_outcome, queue_receipt
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.mail.writing.test_compose import compare
from tests.requests.conftest import EASTER, House

pytestmark = ON_SQLITE
LINK = "https://exchange.example.org"


def request_in(session: Session, house: House, language: str) -> NetworkRequest:
    days = {"asked_on": EASTER.date(), "due_on": EASTER.date(), "remind_on": EASTER.date()}
    made = NetworkRequest(
        kind="exercise report",
        name="Petra Public",
        email="petra@example.org",
        language=language,
        city_id=house.cora.city_id,
        made_at=EASTER,
        token_digest="none",
        **days,
    )
    session.add(made)
    session.flush()
    return made


@pytest.mark.parametrize("language", ["en", "sv"])
def test_receipt_extension_and_outcome_read_as_their_golden_files(
    house: House, database: Database, settings: Settings, language: str
) -> None:
    by = By(None, EASTER, settings)
    with database.transaction() as session:
        made = request_in(session, house, language)
        queue_receipt(session, made, f"{LINK}/asked/token", by)
        before, made.due_on = made.due_on, made.due_on.replace(month=4, day=9)
        queue_extension(session, made, before, "The printer is away.", by)
        made.state, made.outcome = RequestState.DONE, "They train with us."
        made.released_until = EASTER.replace(month=4, day=24)
        queue_outcome(session, made, f"{LINK}/released/token", by)
    for name, letter in zip(
        ("receipt", "extension", "outcome"), house.letters("petra@example.org"), strict=True
    ):
        compare(f"request_{name}_{language}", f"Subject: {letter.subject}\n\n{letter.text}")

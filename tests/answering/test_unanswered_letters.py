"""Which letters asked somebody for an answer."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from exchange.answering.unanswered_letters import letters_asking
from exchange.db import Database
from exchange.models import Cycle, Letter, LetterState, Person
from exchange.models.letters import CARRIED
from tests.factories import make_city, make_cycle, make_person, stage_plan

PLAN = stage_plan()
AT = datetime(2027, 2, 1, 9, tzinfo=UTC)


def sent(session: Session, cycle: Cycle, to: Person, kind: str, tells: dict[str, object] | None) -> None:
    session.add(
        Letter(
            once_key=f"{kind}:{to.name}",
            kind=kind,
            cycle_id=cycle.id,
            person_id=to.id,
            to_name=to.name,
            to_address=to.email,
            subject="",
            text="",
            html="",
            tells=tells,
            message_id=f"<{to.name}@example.org>",
            queued_at=AT,
            due_at=AT,
            state=LetterState.SENT,
        )
    )


@pytest.mark.parametrize("kind", [one.letter for one in PLAN.asks])
def test_questions_that_went_along_inside_another_letter_were_asked(database: Database, kind: str) -> None:
    """They went in the letter of the launch, and whoever had only that counted as never asked."""
    with database.transaction() as session:
        city = make_city(session, "London")
        own, along, neither = (make_person(session, name, city=city) for name in ("Own", "Along", "Neither"))
        cycle = make_cycle(session, lead_city=city)
        sent(session, cycle, own, kind, None)
        sent(session, cycle, along, "E1", {CARRIED: [[f"{kind}:1", kind]]})
        sent(session, cycle, neither, "E1", {CARRIED: [["E0:1", "E0"]]})
        session.flush()
        assert letters_asking(session, [cycle], PLAN) == {(cycle.id, one.id): 1 for one in (own, along)}

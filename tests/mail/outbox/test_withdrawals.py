"""Letters are taken back by what they take for granted, and nothing that only an action writes is lost."""

from exchange.db import Database
from exchange.mail.outbox.withdrawals import withdraw_outdated
from exchange.models import Cycle, Letter, LetterState, Theme
from tests.mail.letters import NOW, all_letters, person, queue_letters


def test_withdraw_outdated_takes_back_letters_of_a_postponed_cycle_only(database: Database) -> None:
    waiting, kept = queue_letters(database, 2)
    with database.transaction() as session:
        theme = Theme(key="T1", name="Theme")
        session.add(theme)
        session.flush()
        cycle = Cycle(
            theme_id=theme.id,
            lead_city_id=person(session).city_id,
            title="Theme",
            starts_on=NOW.date(),
            created_at=NOW,
            changed_at=NOW,
            published_at=NOW,
            postponed_at=NOW,
        )
        session.add(cycle)
        session.flush()
        session.get_one(Letter, waiting.id).cycle_id = cycle.id
    with database.transaction() as session:
        assert withdraw_outdated(session) == 1
    states = {letter.id: letter.state for letter in all_letters(database)}
    assert states == {waiting.id: LetterState.WITHDRAWN, kept.id: LetterState.QUEUED}

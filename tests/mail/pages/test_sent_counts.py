"""What went out is counted in indexes: the counts are those of the rows that the same reader is shown."""

from collections import Counter
from datetime import date
from itertools import product

import pytest

from exchange.access.standings import standing_of
from exchange.db import Database
from exchange.mail.pages.queries import queued_letters, sent_letters
from exchange.models import Letter, LetterState, Role
from tests.factories import make_city, make_cycle, make_person, make_training
from tests.hand_clock import HandClock

KINDS = ("E1", "trial")


@pytest.mark.parametrize("is_named", [True, False])
def test_counts_are_of_the_letters_that_the_reader_may_know_of(
    database: Database, clock: HandClock, is_named: bool
) -> None:
    """About each marking, of each kind, to the reader, to another and to nobody, in each state."""
    with database.transaction() as session:
        city = make_city(session)
        reader = make_person(session, "Reader", city=city, roles=[Role.COORDINATOR])
        other = make_person(session, "Other", city=city)
        named = [reader.id if is_named else other.id]
        red = {"marking": "TLP:RED", "named_ids": named}
        cycles = [make_cycle(session, lead_city=city).id, make_cycle(session, lead_city=city, **red).id]
        trainings = [
            make_training(session, host_city=city).id,
            make_training(session, host_city=city, on_local=date(2027, 5, 3), **red).id,
        ]
        about = [(None, None), *((one, None) for one in cycles), *((None, one) for one in trainings)]
        people = (reader.id, other.id, None)
        for number, (kind, person_id, (cycle_id, training_id), state) in enumerate(
            product(KINDS, people, about, LetterState)
        ):
            if kind == "trial" and (cycle_id or training_id):
                continue  # a trial does not hold what it was about
            session.add(
                Letter(
                    once_key=str(number),
                    kind=kind,
                    person_id=person_id,
                    cycle_id=cycle_id,
                    training_id=training_id,
                    to_name="Somebody",
                    to_address="somebody@example.org",
                    subject="Words",
                    text="",
                    html="",
                    message_id=f"<{number}@example.org>",
                    queued_at=clock(),
                    due_at=clock(),
                    state=state,
                )
            )
    with database.reading() as session:
        standing = standing_of(session, session.get_one(type(reader), reader.id), clock())
        shown = [sent_letters(session, standing, search="words", page=number) for number in (1, 2, 3)]
        rows = {row.id: row.state for one in shown for row in one.page.rows}
        assert len(rows) == shown[0].page.found  # counted row by row
        for search in ("", "words"):
            found = sent_letters(session, standing, search=search, page=1)
            assert found.counts == Counter(rows.values())
            assert found.page.found == len(rows)
        assert queued_letters(session, standing) == found.counts[LetterState.QUEUED]

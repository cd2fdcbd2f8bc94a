"""The tick that queues reminders: what is due, once, whoever asks and however often."""

import threading
from datetime import UTC, datetime, timedelta

from exchange.db import Database
from exchange.mail.outbox.withdrawals import withdraw_outdated
from exchange.models import Cycle, LetterState
from exchange.settings import Settings
from tests.factories import stage_plan
from tests.mail.letters import all_letters
from tests.mail.programme import three_city_cycle
from tests.queueing import queue_due

NINE = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)  # 10:00 in Stockholm, 09:00 in London, 04:00 in Washington


def tick(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return queue_due(session, plan=stage_plan(), settings=Settings(), now=now)


def make(database: Database, **fields: object) -> Cycle:
    with database.transaction() as session:
        return three_city_cycle(session, **fields)


def test_queue_due_takes_what_is_due_and_takes_it_once(database: Database) -> None:
    make(database)
    assert tick(database, NINE - timedelta(hours=2)) == 0
    assert tick(database, NINE) == 3
    assert tick(database, NINE) == 0
    assert tick(database, NINE + timedelta(hours=5)) == 1  # 09:00 in Washington
    letters = all_letters(database)
    assert [letter.kind for letter in letters] == ["E1"] * 4
    assert letters[0].once_key == f"cycle:{letters[0].cycle_id}:E1:{letters[0].person_id}"
    assert letters[0].why == "Launch begins on Mon 11 Jan 2027."
    assert letters[0].subject == "[TLP:GREEN] The exchange begins on Mon 11 Jan: Hostile drones"


def test_queue_due_beside_itself_queues_each_letter_once(database: Database) -> None:
    make(database)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(tick(database, NINE))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == len(all_letters(database)) == 3


def test_queue_due_says_nothing_of_drafts(database: Database) -> None:
    make(database, is_published=False)
    assert tick(database, NINE) == 0


def test_a_late_tick_leaves_sleepers_alone_until_the_morning(database: Database) -> None:
    make(database)
    night = NINE.replace(day=12, hour=1)
    assert tick(database, night) == 4
    by_due = sorted((letter.due_at, letter.to_name) for letter in all_letters(database))
    assert by_due[0] == (night, "Maria Ruiz")  # 20:00 in Washington
    assert [due_at.hour for due_at, _ in by_due[1:]] == [8, 9, 9]


def test_a_stage_that_moves_does_not_double_its_letter(database: Database) -> None:
    cycle = make(database)
    assert tick(database, NINE) == 3
    with database.transaction() as session:
        for stage in session.get_one(Cycle, cycle.id).stages:
            stage.starts_on += timedelta(days=7)
            stage.ends_on += timedelta(days=7)
    next_tuesday = NINE + timedelta(days=8, hours=5)  # Monday is a holiday in Washington
    assert tick(database, next_tuesday) == 1
    assert [letter.to_name for letter in all_letters(database)].count("Åsa Öberg") == 1


def test_letters_of_a_postponed_cycle_come_back_when_it_resumes(database: Database) -> None:
    cycle = make(database)
    assert tick(database, NINE) == 3
    with database.transaction() as session:
        session.get_one(Cycle, cycle.id).postponed_at = NINE
    with database.transaction() as session:
        assert withdraw_outdated(session) == 3
    assert tick(database, NINE) == 0
    with database.transaction() as session:
        session.get_one(Cycle, cycle.id).postponed_at = None
    assert tick(database, NINE) == 3
    assert {letter.state for letter in all_letters(database)} == {LetterState.QUEUED}

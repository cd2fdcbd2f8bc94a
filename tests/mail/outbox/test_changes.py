"""Letters that wait while what they are about changes: they go out as things are, or not at all."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from exchange.cycles import actions as cycles
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.mail.outbox.delivery_outcomes import free_stuck
from exchange.mail.schedule import outlooks
from exchange.models import Cycle, Letter, LetterState, Person, TrainingEvent
from exchange.network.actions.people import edit_person
from exchange.network.drafts import draft_of_person
from exchange.reminders.actions import hold_programme
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from exchange.trainings import actions as trainings
from exchange.trainings import queries as training_queries
from exchange.trainings.drafts import draft_of
from tests.factories import make_training, stage_plan
from tests.mail.letters import all_letters
from tests.mail.programme import lead_cities, three_city_cycle
from tests.queueing import queue_due

PLAN = stage_plan()
EVENING = datetime(2027, 1, 12, 22, 30, tzinfo=UTC)  # Tuesday of week 1; letters wait for 09:00
WASHINGTON = "Maria Ruiz"  # where it is 17:30 still


def tick(database: Database, now: datetime = EVENING) -> int:
    with database.transaction() as session:
        return queue_due(session, plan=PLAN, settings=Settings(), now=now)


def all_subjects(session: Session) -> Sequence[str]:
    return session.exec(select(Letter.subject)).all()


def letters(database: Database, state: LetterState = LetterState.QUEUED) -> list[Letter]:
    return [letter for letter in all_letters(database) if letter.state == state]


@pytest.fixture
def cycle(database: Database) -> Cycle:
    """In its first week, with four letters in the outbox: three wait for the morning."""
    with database.transaction() as session:
        made = three_city_cycle(session, title="Secret title")
    assert tick(database) == 4
    return made


def loaded(session: Session, cycle: Cycle) -> Cycle:
    return cycle_to_change(session, cycle.id or 0)


def raise_marking(database: Database, cycle: Cycle) -> None:
    with database.transaction() as session:
        row = loaded(session, cycle)
        edit = cycles.CycleEdit(
            theme_id=row.theme_id,
            title=row.title,
            lead_city_id=row.lead_city_id,
            city_ids=frozenset(city.id or 0 for city in row.cities),
            group_ids=frozenset(group.id or 0 for group in row.groups),
            marking=Marking.RED,
            is_chatham_house=False,
            named=tuple(session.exec(select(Person.email))),
        )
        cycles.edit_cycle(session, row, edit, plan=PLAN, actor=None, now=EVENING)


def postpone(database: Database, cycle: Cycle, now: datetime = EVENING) -> None:
    with database.transaction() as session:
        cycles.postpone_cycle(session, loaded(session, cycle), reason="Flood", plan=PLAN, actor=None, now=now)


def test_letters_that_wait_when_a_marking_rises_go_out_sealed(database: Database, cycle: Cycle) -> None:
    """Raised to TLP:RED at night, the letters of 09:00 still left as "[TLP:GREEN] ... Secret title"."""
    before = {letter.once_key: letter.message_id for letter in letters(database)}
    raise_marking(database, cycle)
    assert letters(database) == []
    assert tick(database) == 4
    after = letters(database)
    assert {letter.once_key: letter.message_id for letter in after} == before
    for letter in after:
        assert letter.subject.startswith("[TLP:RED] ")
        assert "Secret title" not in letter.subject + letter.text + letter.html


def test_a_change_during_the_tick_finds_the_letters_that_the_tick_queues(database: Database) -> None:
    """The change came between reading the cycle and committing its letters, and found none of them."""
    with database.transaction() as session:
        made = three_city_cycle(session, title="Secret title")
    change = threading.Thread(target=raise_marking, args=(database, made))
    with database.transaction() as session:
        items = outlooks.current(session, EVENING)
        found = [outlooks.look(session, item, plan=PLAN, now=EVENING) for item in items]
        hold_programme(session, [letter for one in found for letter in one.due])
        change.start()
        change.join(timeout=1)
        assert queue_due(session, plan=PLAN, settings=Settings(), now=EVENING) == 4
        subjects = all_subjects(session)
    change.join()
    assert all(subject.startswith("[TLP:GREEN] ") for subject in subjects)  # the change waited
    assert letters(database) == []


def test_letters_that_wait_when_the_start_moves_are_not_sent_with_old_dates(
    database: Database, cycle: Cycle
) -> None:
    """They said 11 January, and when the new start came nobody was told: the letter had been sent."""
    with database.transaction() as session:
        row = loaded(session, cycle)
        cycles.move_start(session, row, date(2027, 2, 1), plan=PLAN, actor=None, now=EVENING)
    assert letters(database) == []
    tick(database)
    assert not [letter for letter in letters(database) if letter.kind == "E1"]
    assert tick(database, datetime(2027, 2, 1, 15, tzinfo=UTC)) == 4
    e1 = [letter for letter in letters(database) if letter.kind == "E1"]
    assert len(e1) == 4
    assert all("1 Feb" in letter.subject for letter in e1)


def test_letters_of_a_postponed_cycle_are_withdrawn_with_the_postponement(
    database: Database, cycle: Cycle
) -> None:
    """They waited for the next tick of the reminders; a delivery before it sent them."""
    postpone(database, cycle)
    assert {letter.last_answer for letter in letters(database, LetterState.WITHDRAWN)} == {
        "The exchange was changed."
    }
    assert letters(database) == []


def test_a_letter_on_its_way_when_its_cycle_changes_does_not_come_back_stale(
    database: Database, cycle: Cycle
) -> None:
    """Its sender died; freed an hour later it went out with the title of before the change."""
    first = letters(database)[0]
    sending = {"state": LetterState.SENDING.value, "claimed_by": "gone:1", "claimed_at": EVENING}
    with database.transaction() as session:
        session.connection().execute(update(Letter).where(Letter.id == first.id).values(**sending))
    raise_marking(database, cycle)
    with database.transaction() as session:
        assert free_stuck(session.connection(), EVENING + timedelta(hours=1), stuck_seconds=600) == 1
    assert all(letter.state == LetterState.WITHDRAWN for letter in all_letters(database))
    assert tick(database) == 4
    again = {letter.id: letter for letter in letters(database)}[first.id]
    assert (again.message_id, again.recalled) == (first.message_id, "")
    assert again.subject.startswith("[TLP:RED] ")


def test_letters_sent_before_a_postponement_are_sent_again_for_the_new_dates(
    database: Database, cycle: Cycle
) -> None:
    """Postponed in January and resumed for May: nobody was told, as every letter had been sent once."""
    with database.transaction() as session:
        session.connection().execute(update(Letter).values(state=LetterState.SENT.value))
    postpone(database, cycle)
    assert tick(database) == 0
    with database.transaction() as session:
        cycles.resume_cycle(
            session, loaded(session, cycle), date(2027, 5, 3), plan=PLAN, actor=None, now=EVENING
        )
    may = datetime(2027, 5, 4, 15, tzinfo=UTC)  # Monday is a holiday in London
    assert tick(database, may) == 4
    assert tick(database, may) == 0
    e1 = [letter for letter in letters(database) if letter.kind == "E1"]
    assert {letter.once_key for letter in e1} == {
        f"cycle:{cycle.id}:r2:E1:{letter.person_id}" for letter in e1
    }


@pytest.fixture
def training(database: Database) -> TrainingEvent:
    """An event of Stockholm in a month, with one invitation that waits for the morning."""
    with database.transaction() as session:
        stockholm, *_ = lead_cities(session)
        made = make_training(
            session,
            host_city=stockholm,
            cities=[stockholm],
            title="Table-top",
            on_local=date(2027, 2, 11),
            published_at=EVENING - timedelta(days=14),
        )
    assert tick(database) == 1
    return made


def test_an_invitation_that_waits_is_written_anew_when_its_event_moves(
    database: Database, training: TrainingEvent
) -> None:
    """The event moved by a day, and its invitation left in the morning with the old one."""
    with database.transaction() as session:
        row = training_queries.training(session, training.id or 0)
        draft = draft_of(row)
        moved = type(draft)(**(vars(draft) | {"on_local": date(2027, 2, 12)}))
        trainings.edit_training(session, row, moved, actor=None, now=EVENING)
    assert letters(database) == []
    assert tick(database) == 1
    (letter,) = letters(database)
    assert "Fri 12 Feb" in letter.subject


def test_an_event_that_resumes_invites_again(database: Database, training: TrainingEvent) -> None:
    """Invitations had left before it was postponed, so nobody heard of its new date."""
    with database.transaction() as session:
        session.connection().execute(update(Letter).values(state=LetterState.SENT.value))
    with database.transaction() as session:
        row = training_queries.training(session, training.id or 0)
        trainings.postpone_training(session, row, reason="Flood", actor=None, now=EVENING)
        draft = draft_of(row)
        moved = type(draft)(**(vars(draft) | {"on_local": date(2027, 2, 18)}))
        trainings.resume_training(session, row, moved, actor=None, now=EVENING)
    assert tick(database) == 1
    (letter,) = letters(database)
    assert letter.once_key == f"training:{training.id}:r2:T1:{letter.person_id}"
    assert "Thu 18 Feb" in letter.subject


@pytest.mark.parametrize(
    ("change", "waiting"), [({"email": "new@example.org"}, 4), ({"is_active": False}, 3)]
)
def test_letters_to_a_person_who_changes_follow_the_person(
    database: Database, cycle: Cycle, change: dict[str, object], waiting: int
) -> None:
    """Letters that waited went to the address of before, or to somebody who had left."""
    to = next(letter for letter in letters(database) if letter.to_name != WASHINGTON)
    with database.transaction() as session:
        person = session.get_one(Person, to.person_id)
        draft = draft_of_person(person)
        changed = type(draft)(**(vars(draft) | change))
        edit_person(session, person, changed, actor=person, settings=Settings(), now=EVENING)
    assert len(letters(database)) == 3
    tick(database)
    assert len(letters(database)) == waiting
    assert to.to_address not in {letter.to_address for letter in letters(database)}

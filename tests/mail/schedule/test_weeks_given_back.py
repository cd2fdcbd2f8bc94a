"""The week of a chasing letter that does not arrive: free again at once, for any exchange with its reader."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlmodel import Session, select

from exchange.db import Database
from exchange.mail.outbox import delivery_outcomes
from exchange.mail.outbox.claims import claim
from exchange.mail.outbox.letter_queue import queue
from exchange.mail.outbox.withdrawals import withdraw_chasing
from exchange.mail.wire.claimed_letter import ClaimedLetter
from exchange.mail.wire.maildir import MaildirTransport
from exchange.models import Letter, LetterState, Outlook
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from tests.factories import stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import LETTER, NOW, all_letters, person
from tests.mail.schedule.test_chase_letters import ask_everybody, with_leads, with_same_people

HALF_WAY = datetime(2027, 1, 29, 15, tzinfo=UTC)  # a Friday, working time in all three cities
WORKER = "test:1"
WEEK = "2027-W05"

Return = Callable[[Connection, ClaimedLetter], object]


def put_off(connection: Connection, letter: ClaimedLetter) -> None:
    """The server wants it later."""
    delivery_outcomes.put_off(connection, letter, "451 later", HALF_WAY, has_answer=True)


def given_back(connection: Connection, letter: ClaimedLetter) -> None:
    """It was not tried."""
    delivery_outcomes.give_back(connection, [letter])


def freed(connection: Connection, letter: ClaimedLetter) -> None:
    """Its process died."""
    later = HALF_WAY + timedelta(minutes=1)
    delivery_outcomes.free_stuck(connection, later, stuck_seconds=30)


def refused(connection: Connection, letter: ClaimedLetter) -> None:
    """The server will not have it."""
    delivery_outcomes.mark_refused(connection, letter, "554 no")


@pytest.fixture
def context(database: Database, settings: Settings, clock: HandClock) -> Context:
    """A clock half-way between question and answer of two exchanges, which have the same people."""
    clock.set(HALF_WAY)
    with database.transaction() as session:
        first = with_leads(session)
        second = with_same_people(session, first)
        for one in (first, second):
            ask_everybody(session, one)
    return Context(database, settings, stage_plan(), MaildirTransport(settings.mail_dir), clock, WORKER)


def tick_until_nothing_is_looked_at(context: Context) -> None:
    for _ in range(5):
        queue_reminders(context)
    with context.database.reading() as session:
        assert session.exec(select(Outlook.item)).all()


def half_way(database: Database, *, cycle_id: int) -> list[Letter]:
    return [one for one in all_letters(database) if (one.kind, one.cycle_id) == ("E3_half_way", cycle_id)]


@pytest.mark.parametrize("comes_back", [put_off, given_back, freed, refused])
def test_week_of_a_letter_that_comes_back_goes_to_the_other_exchange_at_the_next_tick(
    context: Context, comes_back: Return
) -> None:
    """It was recalled on its way: that it came back later had nobody look at the other exchange again."""
    database = context.database
    queue_reminders(context)
    by_cycle = {one.cycle_id: one for one in all_letters(database) if one.kind == "E3_half_way"}
    [first_id] = by_cycle
    assert first_id is not None
    second_id = 3 - first_id
    with database.connected() as connection, connection.begin():
        claimed = claim(connection, worker=WORKER, now=HALF_WAY, most=100)
    on_their_way = [one for one in claimed if one.kind == "E3_half_way"]
    with database.transaction() as session:
        withdraw_chasing(session, first_id, "Everybody answered.")
        _leave_out(session, first_id)
    tick_until_nothing_is_looked_at(context)
    assert half_way(database, cycle_id=second_id) == []
    with database.connected() as connection, connection.begin():
        for letter in on_their_way:
            comes_back(connection, letter)
    queue_reminders(context)
    again = half_way(database, cycle_id=second_id)
    assert len(again) == len(on_their_way) == 6
    assert {one.state for one in again} == {LetterState.QUEUED}


def _leave_out(session: Session, cycle_id: int) -> None:
    """Nobody owes it anything any more."""
    from exchange.models import Cycle

    cycle = session.get_one(Cycle, cycle_id)
    for stage in cycle.stages:
        stage.done_at = HALF_WAY


@pytest.mark.parametrize("may_have_arrived", [False, True])
def test_week_of_a_refused_letter_is_free_unless_it_may_have_arrived(
    database: Database, may_have_arrived: bool
) -> None:
    """Nobody could be reminded that week, because of a letter that no reader had had."""

    def chase(session: Session, key: str) -> Letter | None:
        values = {"kind": "E3_half_way", "why": "", "due_at": NOW, "now": NOW, "chase_week": WEEK}
        return queue(session, LETTER, to=reader, once_key=key, **values)  # type: ignore[arg-type]

    with database.transaction() as session:
        reader = person(session)
        assert chase(session, "a") is not None
        assert chase(session, "b") is None
    with database.connected() as connection, connection.begin():
        [letter] = claim(connection, worker=WORKER, now=NOW, most=1)
        delivery_outcomes.mark_refused(connection, letter, "554 no", has_answer=not may_have_arrived)
    with database.transaction() as session:
        assert (chase(session, "b") is None) is may_have_arrived
        assert chase(session, "c") is None

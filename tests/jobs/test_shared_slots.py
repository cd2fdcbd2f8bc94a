"""Clocks and people at the same time: what a tick does that meets another clock, or somebody who saves."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from exchange.answering.asks import asked_people
from exchange.audit import record, wait_for_turn
from exchange.db import Database
from exchange.mail.outbox.claims import claim
from exchange.mail.outbox.unfinished import Unfinished
from exchange.mail.outbox.withdrawals import withdraw_chasing
from exchange.mail.wire.maildir import MaildirTransport
from exchange.models import Cycle, LetterState, Person
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from jobs.schedule import ticks
from jobs.ticks import run_tick
from tests.answering.asked import answer
from tests.factories import stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters, queue_letters
from tests.mail.schedule.test_chase_letters import ask_everybody, with_leads

HALF_WAY = datetime(2027, 1, 29, 15, tzinfo=UTC)
PLAN = stage_plan()


@pytest.fixture
def context(database: Database, settings: Settings, clock: HandClock) -> Context:
    clock.set(HALF_WAY)
    return Context(database, settings, PLAN, MaildirTransport(settings.mail_dir), clock, worker="test:1")


def test_letters_of_a_living_clock_are_made_good_while_another_clock_delivers(context: Context) -> None:
    """It did so only when it won a slot; after ten minutes without, what the server had taken went again."""
    queue_letters(context.database, 3, due_at=HALF_WAY)
    with context.database.connected() as connection, connection.begin():
        taken, *untried = claim(connection, worker=context.worker, now=HALF_WAY, most=3)
    context.unfinished.keep((taken, "250 OK"), untried)
    [deliver] = [one for one in ticks(context.settings) if one.job == "deliver_mail"]
    run_tick(deliver, replace(context, worker="test:2", unfinished=Unfinished()))
    assert {one.state for one in all_letters(context.database)} == {LetterState.SENDING}
    run_tick(deliver, context)
    states = [one.state for one in all_letters(context.database)]
    assert states == [LetterState.SENT, LetterState.QUEUED, LetterState.QUEUED]
    assert not context.unfinished.is_unsure


def test_nobody_is_chased_whose_answer_is_being_saved(context: Context) -> None:
    """The answer locked neither exchange, city nor person, found no letter to take back, and was chased."""
    database = context.database
    with database.transaction() as session:
        cycle = with_leads(session)
        ask_everybody(session, cycle)
        maria = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
    with database.transaction() as session:
        wait_for_turn(session)
        cycle = session.get_one(Cycle, cycle.id)
        (asked,) = asked_people(session, cycle, CycleAsk.CITIES, maria, plan=PLAN, now=HALF_WAY)
        answer(session, asked)
        record(session, actor=maria, action="answer", subject=f"cycle:{cycle.id}", now=HALF_WAY)
        withdraw_chasing(session, cycle.id or 0, "Somebody answered.")
        session.flush()
        tick = threading.Thread(target=queue_reminders, args=(context,))
        tick.start()
        tick.join(timeout=1)
    tick.join()
    queue_reminders(context)
    chased = {one.to_name for one in all_letters(database) if one.kind == "E3_half_way"}
    assert "Tom Baker-Lane" in chased
    assert "Maria Ruiz" not in chased

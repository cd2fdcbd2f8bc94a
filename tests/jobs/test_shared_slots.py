"""Clocks and people at the same time: what a tick does that meets another clock, or somebody who saves."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exchange.db import Database
from exchange.mail.outbox.claims import claim
from exchange.mail.outbox.unfinished import Unfinished
from exchange.mail.wire.maildir import MaildirTransport
from exchange.models import LetterState
from exchange.settings import Settings
from jobs.context import Context
from jobs.schedule import ticks
from jobs.ticks import run_tick
from tests.factories import stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters, queue_letters

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

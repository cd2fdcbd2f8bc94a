"""A small network with a coordinator signed in, and the clock's own tick that solves plans."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.mail.outbox.delivery import transport_for
from exchange.settings import Settings
from jobs.context import Context
from tests.factories import stage_plan
from tests.hand_clock import HandClock
from tests.sign_in import SignIn
from tests.trainings.conftest import Net, make_net
from tests.web.conftest import paper_app

__all__ = ["paper_app"]

MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)
AS_OF = ("--as-of", MORNING.date().isoformat())


@pytest.fixture
def clock() -> HandClock:
    """Set to the morning."""
    return HandClock(MORNING)


@pytest.fixture
def net(database: Database) -> Net:
    """Three lead cities, two members."""
    with database.transaction() as session:
        return make_net(session)


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    """A browser of the coordinator."""
    return sign_in(net.coordinator)


@pytest.fixture
def contact(sign_in: SignIn, net: Net) -> FlaskClient:
    """A browser of Sydney's contact."""
    return sign_in(net.contact)


@pytest.fixture
def context(database: Database, settings: Settings, clock: HandClock) -> Iterator[Context]:
    """What one clock works with."""
    transport = transport_for(settings)
    yield Context(database, settings, stage_plan(), transport, clock, worker="test:1")
    transport.close()


def first_monday(weeks_ahead: int = 8) -> date:
    """A Monday some weeks from that morning."""
    on = MORNING.date() + timedelta(weeks=weeks_ahead)
    return on + timedelta(days=-on.weekday() % 7)

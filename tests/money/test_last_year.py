"""The last year of an agreement by the clock: reminders, the banner, the next one drafted, a year closed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.mail.outbox.delivery import transport_for
from exchange.models import Letter, LetterState
from exchange.money import queries
from exchange.money.line_actions import add_line
from exchange.rules.money.balances import LineKind
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.remind_of_duties import remind_of_duties
from tests.factories import stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters
from tests.money.conftest import Net, a_line
from tests.pages import form_values, text_of
from tests.sign_in import SignIn

BANNER = "No agreement is recorded after 31 March 2027."


@dataclass
class Clock:
    """The tick of duty letters, with what it sends sent."""

    context: Context
    database: Database
    hand: HandClock

    def days(self, first: date, last: date) -> list[tuple[str, date]]:
        """Who had a letter about the agreement's end on which day, with two ticks every morning."""
        found: list[tuple[str, date]] = []
        at = datetime(first.year, first.month, first.day, 7, 30, tzinfo=UTC)
        while at.date() <= last:
            for hours in (0, 2):
                found += [(one.to_name, at.date()) for one in self._tick(at + timedelta(hours=hours))]
            at += timedelta(days=1)
        return sorted(found)

    def _tick(self, at: datetime) -> list[Letter]:
        self.hand.set(at)
        before = {one.id for one in all_letters(self.database)}
        remind_of_duties(self.context)
        with self.database.transaction() as session:
            for one in session.exec(select(Letter).where(Letter.state == LetterState.QUEUED)):
                one.state, one.sent_at = LetterState.SENT.value, at
        return [one for one in all_letters(self.database) if one.id not in before]


@pytest.fixture
def ticking(database: Database, settings: Settings, clock: HandClock, net: Net) -> Iterator[Clock]:
    transport = transport_for(settings)
    yield Clock(Context(database, settings, stage_plan(), transport, clock, worker="test:1"), database, clock)
    transport.close()


def told(on: date, stockholm: date | None = None) -> list[tuple[str, date]]:
    """Coordinator, board member and finance contact once each, the last on a working day in Stockholm."""
    return sorted([("Bea", on), ("Cora", on), ("Fay", stockholm or on)])


def test_story_34_reminded_at_12_9_6_and_3_months_once_each(ticking: Clock, net: Net) -> None:
    span = timedelta(days=20)
    for on, stockholm in (
        (date(2026, 3, 31), None),
        (date(2026, 6, 30), None),
        (date(2026, 9, 30), None),
        (date(2026, 12, 31), date(2027, 1, 4)),  # New Year's Eve is free there
    ):
        assert ticking.days(on - span, on + span) == told(on, stockholm)
    letter = all_letters(ticking.database)[0]
    said = " ".join(letter.text.split())
    assert re.search(r"agreement ends on .*31 Mar 2027 \(reminder 12 months before\)", said)
    assert f"/money/agreements/{net.agreement_id}" in letter.text
    assert {one.to_name for one in all_letters(ticking.database)} == {"Bea", "Cora", "Fay"}


def test_story_34_the_banner_says_after_which_day_nothing_is_agreed(
    sign_in: SignIn, net: Net, clock: HandClock
) -> None:
    for day, is_shown in ((date(2026, 3, 30), False), (date(2026, 10, 1), True)):
        clock.set(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        for person in (net.coordinator, net.finance, net.member, net.auditor):
            client = sign_in(person)
            for page in ("/desk", "/money", net.page, f"{net.page}/lines"):
                assert (BANNER in text_of(client.get(page))) is is_shown, (person.name, page)
        assert BANNER not in text_of(sign_in(net.expert).get("/desk"))


def test_the_last_year_ends_with_the_next_agreement_and_its_balance_carried(
    database: Database, net: Net, ticking: Clock, sign_in: SignIn, clock: HandClock
) -> None:
    assert ticking.days(date(2026, 9, 28), date(2026, 10, 6)) == told(date(2026, 9, 30))
    client = sign_in(net.coordinator)
    assert "Agree on what follows" in text_of(client.get("/desk"))
    saved = draft_the_next(client, net)
    assert BANNER in text_of(client.get("/desk"))  # a draft is not agreed
    agree(client, saved)
    assert BANNER not in text_of(client.get("/desk"))
    assert "Agree on what follows" not in text_of(client.get("/desk"))
    assert ticking.days(date(2026, 12, 20), date(2027, 1, 12)) == []
    with database.transaction() as session:
        on = date(2027, 3, 30)
        receipt = a_line(kind=LineKind.RECEIPT, on=on, amount=90_00, city_id=net.stockholm.id)
        add_line(session, receipt, by=net.by)
        add_line(session, a_line(on=on, amount=50_00), by=net.by)
    clock.set(datetime(2027, 4, 6, 9, tzinfo=UTC))
    close(sign_in(net.coordinator), f"{net.page}/years/2026/close")
    with database.reading() as session:
        following = next(one for one in queries.agreements(session) if one.id != net.agreement_id)
        first = queries.year_called(following, 2027)
        assert queries.totals_of_year(session, following, first).carried_in == 40_00


def draft_the_next(client: FlaskClient, net: Net) -> str:
    address = f"/money/agreements/new?after={net.agreement_id}"
    answer = client.post(address, data=form_values(client.get(address)))
    assert answer.status_code == 303
    return answer.location


def agree(client: FlaskClient, address: str) -> None:
    values = form_values(client.get(f"{address}/edit")).to_dict() | {"agreed_on": "2026-10-05"}
    assert client.post(f"{address}/edit", data=values).status_code == 303


def close(client: FlaskClient, address: str) -> None:
    chosen = {"outcome": "carried forward", "reason": "For the next year"}
    values = form_values(client.get(address)).to_dict() | chosen
    assert client.post(address, data=values).status_code == 303

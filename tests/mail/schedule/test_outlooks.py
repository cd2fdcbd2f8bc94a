"""Ticks look where something is due or was done, and queue all that looking everywhere would."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from exchange.audit import record
from exchange.db import Database
from exchange.feeds.icalendar.itip_invitation import Method
from exchange.invitations import actions as invitations
from exchange.invitations.actions import Said
from exchange.invitations.queries import about_of, meeting_in
from exchange.lifecycle import Change
from exchange.mail.outbox.withdrawals import withdraw_chasing
from exchange.mail.schedule import outlooks
from exchange.mail.schedule.planned import departures, read_departure
from exchange.mail.wire.maildir import MaildirTransport
from exchange.models import (
    Answer,
    Channel,
    Cycle,
    Invitation,
    Letter,
    Membership,
    Outlook,
    Person,
    Role,
    TrainingEvent,
)
from exchange.network.actions.roles import GIVE, give_role
from exchange.preferences.actions import resume_programme, stop_programme
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from jobs.letters.tell_changes import tell_changes
from jobs.ticks import Tick, run_tick
from tests.factories import make_city, make_cycle, make_person, make_training, stage_plan
from tests.hand_clock import HandClock
from tests.mail.programme import EARLY, three_city_cycle
from tests.queueing import queue_due
from tests.statements import counted

PLAN = stage_plan()
NINE = datetime(2027, 1, 11, 15, tzinfo=UTC)  # the first Monday, working time in all three cities


@pytest.fixture
def context(database: Database, settings: Settings, clock: HandClock) -> Context:
    """A clock on the first morning of a cycle of three cities, with an event five weeks later."""
    clock.set(NINE)
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        make_training(session, host_city=cycle.lead_city, on_local=date(2027, 2, 18))
    return Context(database, settings, PLAN, MaildirTransport(settings.mail_dir), clock, worker="test:1")


def settled(context: Context) -> None:
    """Let ticks run until nothing is looked at any more."""
    for _ in range(3):
        queue_reminders(context)
        tell_changes(context)
    assert stale(context) == []


def stale(context: Context, what: str = outlooks.LETTERS) -> list[str]:
    with context.database.reading() as session:
        items = outlooks.current(session, context.now())
        return list(outlooks.known(session, what, items, plan=PLAN, now=context.now()).stale)


def test_tick_without_work_asks_as_little_however_much_there_is(context: Context) -> None:
    settled(context)
    with counted(context.database) as few:
        queue_reminders(context)
        tell_changes(context)
    with context.database.transaction() as session:
        for number in range(8):
            lead = make_city(session, f"City {number}")
            for _ in range(5):
                make_person(session, city=lead)
            make_cycle(session, lead_city=lead, starts_on=date(2027, 1, 11))
    settled(context)
    with counted(context.database) as many:
        queue_reminders(context)
        tell_changes(context)
    assert len(many) == len(few)
    assert not any(statement.startswith(("INSERT", "UPDATE", "DELETE")) for statement in many)


def declined(session: Session) -> None:
    row = session.exec(select(Invitation).where(col(Invitation.training_id).is_not(None))).first()
    assert row
    meeting = meeting_in(about_of(session, row), row)
    assert meeting
    invitations.answer(session, row, meeting, Said(Answer.DECLINED, Channel.LINK, NINE), now=NINE)


def leads(session: Session) -> None:
    person = session.exec(select(Person).where(Person.name == "Tom Baker-Lane")).one()
    give_role(session, person, Role.CITY_LEAD, Change(GIVE, None, NINE, "Elected"), settings=Settings())


def stops(session: Session) -> None:
    person = session.get(Person, 1)
    assert person
    stop_programme(session, person, how="page", now=NINE)


def takes_back_chases(session: Session) -> None:
    withdraw_chasing(session, 1, "Somebody answered.")


def touched(session: Session) -> None:
    record(session, actor=None, action="edit cycle", subject="cycle:1", now=NINE)


@pytest.mark.parametrize(
    ("deed", "looked_at"),
    [
        (touched, ["cycle:1"]),
        (declined, ["training:1"]),
        (stops, ["cycle:1", "training:1"]),
        (leads, ["cycle:1", "training:1"]),
    ],
)
def test_deed_has_looked_at_what_its_letters_depend_on(
    context: Context, deed: Callable[[Session], None], looked_at: list[str]
) -> None:
    settled(context)
    with context.database.transaction() as session:
        deed(session)
    assert stale(context) == looked_at
    settled(context)


def test_signing_in_and_sending_have_nothing_looked_at(context: Context) -> None:
    settled(context)
    with context.database.transaction() as session:
        record(session, actor=None, action="sign in", subject="person:1", now=NINE)
        record(session, actor=None, action="send letter", subject="letter:1", now=NINE)
    assert stale(context) == []
    queue_reminders(context)
    with context.database.reading() as session:
        assert len({one.seen for one in session.exec(select(Outlook).where(Outlook.what == "letters"))}) == 1


def test_membership_that_ends_has_all_looked_at_on_the_day_after(context: Context, clock: HandClock) -> None:
    with context.database.transaction() as session:
        span = session.get(Membership, 1)
        assert span
        span.ends_on = NINE.date()
    settled(context)
    clock.advance(hours=12)
    assert "cycle:1" in stale(context)


def test_letter_that_comes_back_withdrawn_is_called_for_again(context: Context) -> None:
    settled(context)
    with context.database.transaction() as session:
        assert session.exec(select(Letter)).all()
        stops(session)
        person = session.get(Person, 1)
        assert person
        resume_programme(session, person, how="page", now=NINE)
    settled(context)
    with context.database.transaction() as session:
        assert queue_due(session, plan=PLAN, settings=context.settings, now=NINE) == 0
        states = session.exec(select(Letter.state).where(Letter.person_id == 1)).all()
    assert "queued" in states


def test_clock_that_was_put_back_has_all_looked_at_again(context: Context, clock: HandClock) -> None:
    """To a clock that ran ahead the reminders of the event were past, and it kept that none is to come."""
    clock.advance(days=60)
    tick = Tick("queue_reminders", 60, queue_reminders)
    run_tick(tick, context)
    clock.set(NINE)
    run_tick(tick, context)
    for _ in range(3):
        queue_reminders(context)
    clock.set(datetime(2027, 2, 17, 15, tzinfo=UTC))
    queue_reminders(context)
    with context.database.reading() as session:
        assert "T1-1d" in set(session.exec(select(Letter.kind)))


def test_answer_that_a_moved_event_makes_void_has_it_looked_at_again(context: Context) -> None:
    """Who declined the old time is reminded of the new one; no entry of the trail says so."""
    settled(context)
    with context.database.transaction() as session:
        declined(session)
    settled(context)
    with context.database.transaction() as session:
        event = session.get_one(TrainingEvent, 1)
        event.on_local += timedelta(days=1)
        invitation = session.exec(
            select(Invitation).where(Invitation.answer == Answer.DECLINED.value)
        ).first()
        assert invitation
        assert invitation.training_id == 1
        meeting = meeting_in(about_of(session, invitation), invitation)
        invitations.put_out(
            session, invitation, meeting, Method.REQUEST, settings=context.settings, now=context.now()
        )
    assert stale(context) == ["training:1"]


@pytest.mark.slow
def test_selective_ticks_queue_what_looking_everywhere_would(context: Context, clock: HandClock) -> None:
    """Every twelve hours over a whole cycle and its event, with a deed on some days."""
    deeds: dict[int, Callable[[Session], None]] = {25: stops, 30: leads, 40: declined, 45: takes_back_chases}
    for step in moments():
        clock.set(EARLY + timedelta(days=28) + step)
        if step.days in deeds and step.seconds == 0:
            with context.database.transaction() as session:
                deeds[step.days](session)
        for _ in range(3):  # letters that are queued may call for others
            queue_reminders(context)
        with context.database.transaction() as session:
            assert queue_due(session, plan=PLAN, settings=context.settings, now=clock()) == 0, step
            session.rollback()
    with context.database.reading() as session:
        kinds = set(session.exec(select(Letter.kind)))
    assert {"E1", "E3", "E5", "T1", "T1-1d"} <= kinds
    assert "E9" not in kinds, "nothing was published, so no letter says that results are there"


def moments() -> Iterator[timedelta]:
    return (timedelta(hours=12 * number) for number in range(2 * 80))


def test_departure_is_read_as_it_was_stored(context: Context) -> None:
    with context.database.reading() as session:
        found = [
            outlooks.look(session, item, plan=PLAN, now=NINE) for item in outlooks.current(session, NINE)
        ]
        left = [letter for one in found for letter in one.due]
    stored = [one for one, _ in departures(left, NINE + timedelta(weeks=8))]
    assert stored
    assert [read_departure(one.stored()) for one in stored] == stored
    assert all(one.outlook.readers for one in found)


def test_cycle_row_is_not_needed_by_what_is_known(context: Context) -> None:
    """An item that is called off is forgotten, and looked at again when it is resumed."""
    settled(context)
    with context.database.transaction() as session:
        cycle = session.get_one(Cycle, 1)
        cycle.postponed_at = NINE
        record(session, actor=None, action="postpone cycle", subject="cycle:1", now=NINE)
    queue_reminders(context)
    with context.database.reading() as session:
        assert session.get(Outlook, ("letters", "cycle:1")) is None

"""Letters about actions, questions and duties under all ticks: a second round of them changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from exchange.answering.ask_opening import Invited, Opening, open_ask
from exchange.db import Database
from exchange.lessons.action_changes import followed_action, update_action
from exchange.lessons.actions import edit_lesson
from exchange.lessons.drafts import UpdateDraft
from exchange.lifecycle import begin_change, finish_change
from exchange.mail.outbox.delivery import transport_for
from exchange.models import ActionState, City, Lesson, Letter, LetterState, Person, TrainingEvent
from exchange.network.actions.people import edit_person
from exchange.network.drafts import draft_of_person
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from jobs.context import Context
from tests.access.routes import ON_SQLITE
from tests.contributions.event_asks import FEEDBACK
from tests.factories import make_training, stage_plan
from tests.flows.rounds import FLOW, changes_between, dumped, order_of
from tests.hand_clock import HandClock
from tests.lessons.conftest import NOW, Net, a_draft
from tests.lessons.test_follow_up import SATURDAY, make_exchange

MONDAY = datetime(2027, 3, 15, 9, 1, tzinfo=NOW.tzinfo)
EVENT_ON = date(2027, 4, 5)  # its final planning meeting is due three weeks before, on that Monday

Change = Callable[[Session, Net, Settings], None]


@pytest.fixture
def context(database: Database, settings: Settings, net: Net, clock: HandClock) -> Iterator[Context]:
    """Carl owns an action and owes an answer, and Lena leads the host of an event."""
    make_exchange(database, net)
    with database.transaction() as session:
        london, carl = session.get_one(City, net.london.id), session.get_one(Person, net.contact.id)
        make_training(session, host_city=london, title="Drones", on_local=EVENT_ON, cities=[london])
        past = make_training(
            session, host_city=london, title="Fog", on_local=date(2027, 3, 9), cities=[london]
        )
        opening = Opening(FEEDBACK, date(2027, 3, 25))
        open_ask(session, past, opening, [Invited([carl])], actor=net.coordinator, now=NOW)
    transport = transport_for(settings)
    templates = {FEEDBACK.key: FEEDBACK}
    yield Context(database, settings, stage_plan(), transport, clock, "test:1", ask_templates=templates)
    transport.close()


def decline(session: Session, net: Net, _settings: Settings) -> None:
    draft = UpdateDraft(ActionState.DECLINED, note="We merged it.")
    update_action(session, followed_action(session, 1, net.by), draft, by=net.by)


def raise_finding(session: Session, net: Net, _settings: Settings) -> None:
    lesson = session.get_one(Lesson, net.lesson_id)
    red = a_draft(cycle_id=lesson.cycle_id, marking=Marking.RED, named=(net.contact.email,))
    edit_lesson(session, lesson, red, reason="", by=net.by)


def raise_event(session: Session, net: Net, _settings: Settings) -> None:
    event = session.exec(select(TrainingEvent).where(TrainingEvent.title == "Drones")).one()
    known = begin_change(session, event)
    event.marking, event.named_ids = Marking.RED, [net.lead.id or 0]
    finish_change(session, event, known, SATURDAY)


def rename(session: Session, net: Net, settings: Settings) -> None:
    for person in (net.contact, net.lead):
        row = session.get_one(Person, person.id)
        draft = draft_of_person(row)
        edit_person(
            session,
            row,
            replace(draft, name=f"{row.name} Anew"),
            actor=net.coordinator,
            settings=settings,
            now=SATURDAY,
        )


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "order"),
    [(decline, 1234), (raise_finding, 3888), (raise_event, 5039), (rename, 700)],
)
def test_a_second_round_of_all_ticks_in_any_order_changes_nothing(
    context: Context, net: Net, clock: HandClock, change: Change, order: int
) -> None:
    def round_of(number: int) -> None:
        for tick in order_of(number) if number else FLOW:
            tick(context)

    def comes_to_rest() -> None:
        for _ in range(2):
            round_of(order)
        before = dumped(context.database)
        round_of(0)
        assert changes_between(before, dumped(context.database)) == []

    clock.set(SATURDAY)
    comes_to_rest()
    with context.database.transaction() as session:
        change(session, net, context.settings)
    comes_to_rest()
    clock.set(MONDAY)
    comes_to_rest()
    with context.database.reading() as session:
        gone = session.exec(select(Letter).where(Letter.state == LetterState.SENT)).all()
    told = [(one.kind, one.person_id) for one in gone]
    assert len(set(told)) == len(told)  # nobody twice
    assert (("your actions", net.contact.id) in told) is (change is not decline)
    assert any(kind == FEEDBACK.letter for kind, _person_id in told)
    assert ("duties", net.lead.id) in told

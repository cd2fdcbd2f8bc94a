"""An ask about an event writes to who was asked, and to who is silent: by their clocks, once, one a week."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import select

from exchange.answering.ask_opening import Invited, ask_people
from exchange.answering.asks import ask_by_id
from exchange.db import Database
from exchange.mail.outbox.delivery import transport_for
from exchange.mail.outbox.letter_queue import PASSED_ON
from exchange.models import Ask, Chase, City, Letter, LetterState, LetterWording, Person
from exchange.rules.programme.stage_plan import ChaseFrom, ChaseStep, ChaseTo
from exchange.settings import Settings
from exchange.wordings.available_placeholders import rules_of
from exchange.wordings.drafts import Scope
from exchange.wordings.recent_letters import recent_examples
from exchange.wordings.trial import Trial
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from tests.contributions.event_asks import ASKED_AT, FEEDBACK, EventAsk, make_event_ask
from tests.factories import make_person, stage_plan
from tests.hand_clock import HandClock
from tests.mail.writing.test_compose import LINE, compare, words_of
from tests.sign_in import SignIn

LADDER = (
    ChaseStep("half-way", "Half-way reminder", ChaseFrom.HALF_WAY, 0, ChaseTo.SILENT, ()),
    ChaseStep("day-before", "Answer is due tomorrow", ChaseFrom.DUE, -1, ChaseTo.SILENT, ()),
)
FIRST, HALF_WAY, DAY_BEFORE = (
    "ask-event-feedback",
    "ask-event-feedback_half-way",
    "ask-event-feedback_day-before",
)


@pytest.fixture
def event(app: Flask, database: Database, settings: Settings, clock: HandClock) -> EventAsk:
    """Asked on Friday 12 March 2027, 10:00 in Stockholm; open until Thursday the 25th."""
    app.extensions["exchange"] = replace(
        app.extensions["exchange"], ask_templates={FEEDBACK.key: replace(FEEDBACK, chasing=LADDER)}
    )
    return make_event_ask(app, database, settings, clock)


@pytest.fixture
def context(event: EventAsk, settings: Settings) -> Iterator[Context]:
    templates = event.app.extensions["exchange"].ask_templates
    transport = transport_for(settings)
    yield Context(
        event.database, settings, stage_plan(), transport, event.clock, "test:1", ask_templates=templates
    )
    transport.close()


def letters(event: EventAsk, *states: LetterState) -> list[tuple[str, str]]:
    """Kind and reader of the ask's letters, in the order they were made."""
    with event.database.reading() as session:
        found = session.exec(select(Letter).where(Letter.ask_id == event.ask.id).order_by(Letter.id))  # type: ignore[arg-type]
        return [(one.kind, one.to_name) for one in found if one.state in (states or tuple(LetterState))]


def run_until(context: Context, event: EventAsk, end: datetime) -> None:
    while event.clock() < end:
        queue_reminders(context)
        event.clock.advance(hours=24)  # nine in London


def test_everybody_asked_gets_the_questions_once_and_their_own_link(
    context: Context, event: EventAsk
) -> None:
    queue_reminders(context)
    queue_reminders(context)
    assert letters(event) == [(FIRST, "Anna There"), (FIRST, "Emil There")]
    with event.database.reading() as session:
        for letter in session.exec(select(Letter).where(Letter.kind == FIRST)):
            assert event.links[letter.to_name] in letter.text
            assert letter.unsubscribe_url
            assert letter.training_id == event.training.id


def test_questions_go_as_a_coordinator_worded_them_with_their_own_link(
    context: Context, event: EventAsk
) -> None:
    with event.database.transaction() as session:
        session.add(
            LetterWording(
                scope="network",
                letter="ask",
                number=1,
                subject="{number} questions about {title}",
                body="Please tell us until {last_day_short} ({ask_name}).\n\n{tasks}",
                person_id=event.people[0].id or 0,
                saved_at=ASKED_AT,
            )
        )
    queue_reminders(context)
    with event.database.reading() as session:
        letter = session.exec(select(Letter).where(Letter.kind == FIRST)).first()
        assert letter is not None
        assert letter.subject == f"[TLP:GREEN] 8 questions about {event.training.title}"
        assert "Please tell us until Thu 25 Mar" in letter.text
        assert event.links[letter.to_name] in letter.text
        assert letter.unsubscribe_url
        scope, me = Scope(rules_of(context.plan)["ask"]), session.get_one(Person, event.people[0].id)
        tried = Trial(session, scope, context.plan, context.settings, me, event.clock())
        examples = list(recent_examples(tried))
        assert {one.person.name for one in examples} == {"Anna There", "Emil There"}
        assert {one.about for one in examples} == {event.training.title}
        texts = [one.letter.written(context.settings).text for one in examples]
        assert not any(link in text for link in event.links.values() for text in texts)


def test_who_is_silent_is_reminded_half_way_and_the_day_before_and_nobody_else(
    context: Context, event: EventAsk
) -> None:
    queue_reminders(context)
    event.browser.post(event.links["Anna There"], data=event.whole())
    run_until(context, event, datetime(2027, 3, 27, tzinfo=UTC))
    assert letters(event)[2:] == [(HALF_WAY, "Emil There"), (DAY_BEFORE, "Emil There")]
    with event.database.reading() as session:
        half_way = session.exec(select(Letter).where(Letter.kind == HALF_WAY)).one()
    assert half_way.due_at == datetime(2027, 3, 18, 9, tzinfo=UTC)  # Thursday, nine in London


def test_second_chasing_letter_of_a_week_is_not_written_whatever_it_is_about(
    context: Context, event: EventAsk
) -> None:
    with event.database.transaction() as session:
        chased = Letter(
            once_key="cycle:9:E3_half_way:2",
            kind="E3_half_way",
            person_id=event.people[1].id,
            to_name="",
            to_address="",
            subject="",
            text="",
            html="",
            message_id="<1@example.org>",
            queued_at=ASKED_AT,
            due_at=ASKED_AT,
            state=LetterState.SENT,
        )
        session.add(chased)
        session.flush()
        session.add(Chase(person_id=event.people[1].id or 0, week="2027-W11", letter_id=chased.id))
    run_until(context, event, datetime(2027, 3, 27, tzinfo=UTC))
    assert (HALF_WAY, "Emil There") not in letters(event)
    assert (HALF_WAY, "Anna There") in letters(event)
    assert (DAY_BEFORE, "Emil There") in letters(event)


def test_answer_takes_back_the_letter_that_waits(context: Context, event: EventAsk) -> None:
    queue_reminders(context)
    event.browser.post(event.links["Anna There"], data=event.whole())
    assert letters(event, LetterState.QUEUED) == []
    queue_reminders(context)
    assert letters(event, LetterState.QUEUED) == [(FIRST, "Emil There")]  # revived, not made again
    assert len(letters(event)) == 2


def test_a_deputy_is_told_once_what_was_handed_to_them_and_reminded_with_their_own_link(
    context: Context, event: EventAsk
) -> None:
    """They got the letter of the hand-over and, a minute later, the questions as if they had been asked."""
    queue_reminders(context)
    with event.database.transaction() as session:
        deputy = make_person(session, "Dan Deputy", city=session.get_one(City, event.people[0].city_id))
    old = event.links["Anna There"]
    passed = event.browser.post(f"{old}/pass", data={"person": deputy.id})
    assert "Dan Deputy answers in your place now" in passed.text
    with event.database.reading() as session:
        handed = session.exec(select(Letter).where(Letter.kind == PASSED_ON)).one()
    assert handed.useless_after == datetime(2027, 3, 25, 23, tzinfo=UTC)  # midnight in Stockholm
    run_until(context, event, datetime(2027, 3, 27, tzinfo=UTC))
    found = [(kind, to) for kind, to in letters(event) if to == deputy.name]
    assert found == [(HALF_WAY, deputy.name), (DAY_BEFORE, deputy.name)]
    with event.database.reading() as session:
        reminders = session.exec(select(Letter).where(Letter.kind == HALF_WAY)).all()
    (theirs,) = [one for one in reminders if one.person_id == deputy.id]
    link = next(word for word in handed.text.split() if "/answer/" in word)
    assert link in theirs.text
    assert old not in theirs.text
    assert "Anna There" not in {one.to_name for one in reminders}


def test_closed_ask_writes_to_nobody_until_it_is_opened_again(
    context: Context, event: EventAsk, sign_in: SignIn
) -> None:
    queue_reminders(context)
    cora = sign_in(event.coordinator)
    cora.post("/asks/1/close", data={"version": "1"})
    queue_reminders(context)
    assert letters(event, LetterState.QUEUED) == []
    cora.post("/asks/1/reopen", data={"version": "2"})
    queue_reminders(context)
    assert len(letters(event, LetterState.QUEUED)) == 2


def test_all_who_are_asked_are_written_to_by_one_tick(context: Context, event: EventAsk) -> None:
    """Ten were, each minute: a needs round of some hundreds of people took the morning."""
    with event.database.transaction() as session:
        city = session.merge(event.people[0]).city
        more = [make_person(session, f"Person {n}", city=city) for n in range(23)]
        ask_people(session, ask_by_id(session, event.ask.id or 0), Invited(more), now=ASKED_AT)
    queue_reminders(context)
    assert len(letters(event, LetterState.QUEUED)) == 25
    before = letters(event)
    queue_reminders(context)
    assert letters(event) == before


def test_ask_that_opens_later_writes_when_it_opens(context: Context, event: EventAsk) -> None:
    with event.database.transaction() as session:
        session.get_one(Ask, 1).opens_at = ASKED_AT + timedelta(days=3)
    run_until(context, event, ASKED_AT + timedelta(days=3))
    assert letters(event) == []
    queue_reminders(context)
    assert len(letters(event)) == 2


@pytest.mark.parametrize("change", ["stopped", "cancelled", "left"])
def test_nothing_goes_to_who_gets_no_letters_nor_about_what_does_not_take_place(
    context: Context, event: EventAsk, change: str
) -> None:
    with event.database.transaction() as session:
        anna = session.get_one(Person, event.people[0].id)
        if change == "stopped":
            anna.programme_stopped_at = ASKED_AT
        elif change == "left":
            anna.is_active = False
        else:
            session.merge(event.training).cancelled_at = ASKED_AT
    queue_reminders(context)
    assert letters(event) == ([] if change == "cancelled" else [(FIRST, "Emil There")])


def test_coordinator_sees_which_letters_are_to_come(event: EventAsk, sign_in: SignIn) -> None:
    page = sign_in(event.coordinator).get("/asks/1").text
    for name in ("Feedback after an event", "Half-way reminder", "Answer is due tomorrow"):
        assert f'<th scope="row">{name}</th>' in page


@pytest.mark.parametrize("marking", ["TLP:GREEN", "TLP:RED"])
def test_questions_and_reminder_read_as_their_golden_files(
    context: Context, event: EventAsk, marking: str
) -> None:
    with event.database.transaction() as session:
        training = session.merge(event.training)
        training.marking, training.named_ids = marking, [one.id or 0 for one in event.people]
    run_until(context, event, datetime.combine(date(2027, 3, 26), datetime.min.time(), UTC))
    with event.database.reading() as session:
        found = list(
            session.exec(select(Letter).where(Letter.ask_id == 1).order_by(Letter.due_at, Letter.id))
        )  # type: ignore[arg-type]
    for letter in found:
        assert words_of(letter.html) == letter.text.split()
        assert ("Evacuation" in letter.text + letter.subject) is (marking == "TLP:GREEN")
    text = LINE.join(f"To: {one.to_name}\nSubject: {one.subject}\n\n{one.text}" for one in found)
    for name, path in event.links.items():
        text = text.replace(path, f"/answer/link-of-{name.split()[0]}")
    compare(f"ask_{marking.removeprefix('TLP:').lower()}", text)

"""Letters about what people owe: one a week at nine of a working day, and true when they go."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from exchange.answering.personal_links import without_tokens
from exchange.db import Database
from exchange.duties.prepared_events import prepared
from exchange.follow_up.progress import Decider
from exchange.lessons.action_changes import add_action
from exchange.lessons.drafts import ActionDraft
from exchange.lifecycle import begin_change, finish_change
from exchange.mail.outbox.delivery import transport_for
from exchange.models import (
    Chase,
    City,
    Letter,
    LetterState,
    Person,
    Preparation,
    PreparationStep,
    Role,
    TrainingEvent,
)
from exchange.network.actions.people import edit_person
from exchange.network.drafts import draft_of_person
from exchange.reminders.duty_rehearsal import rehearsed_duty_letters
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.remind_of_duties import remind_of_duties
from tests.factories import make_city, make_person, make_training, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import counted

# The table-top of London on Thu 3 June 2027: FPM Thu 13 May, read-ahead Thu 27 May, both musts.
EVENT_ON = date(2027, 6, 3)
WEEK_BEFORE_FPM = datetime(2027, 5, 6, 8, 0, tzinfo=UTC)  # Thursday, nine in London
FPM_ON = datetime(2027, 5, 13, 8, 0, tzinfo=UTC)


@dataclass
class House:
    context: Context
    database: Database
    clock: HandClock
    lea_id: int
    training_id: int

    def tick(self, at: datetime) -> list[Letter]:
        """The letters that one tick at a moment leaves, all of which go at once."""
        self.clock.set(at)
        before = {one.id for one in all_letters(self.database)}
        remind_of_duties(self.context)
        self.send(at)
        return [one for one in all_letters(self.database) if one.id not in before]

    def send(self, at: datetime) -> None:
        with self.database.transaction() as session:
            for one in session.exec(select(Letter).where(Letter.state == LetterState.QUEUED)):
                one.state, one.sent_at = LetterState.SENT.value, at

    def days(self, first: date, last: date) -> list[str]:
        """The letters of all days between, each by day and reader, with a tick every two hours."""
        found = []
        at = datetime.combine(first, datetime.min.time(), UTC)
        while at.date() <= last:
            found += [f"{at:%a %d %b %H:%M} {one.to_name}" for one in self.tick(at)]
            at += timedelta(hours=2)
        return found

    def decide(self, milestone: str, **fields: object) -> None:
        with self.database.transaction() as session:
            row = session.exec(select(Preparation).where(Preparation.training_id == self.training_id)).first()
            if row is None:
                row = Preparation(training_id=self.training_id)
            steps = {one.milestone: one for one in row.steps}
            step = steps.get(milestone) or PreparationStep(milestone=milestone)
            for name, value in fields.items():
                setattr(step, name, value)
            row.steps = [*(one for one in row.steps if one is not step), step]
            session.add(row)


@pytest.fixture
def house(database: Database, settings: Settings, clock: HandClock) -> Iterator[House]:
    with database.transaction() as session:
        london = make_city(session, "London")
        lea = make_person(session, "Lea Lead", city=london, roles=[Role.CITY_LEAD])
        training = make_training(session, host_city=london, on_local=EVENT_ON, title="Drones")
        lea_id, training_id = lea.id or 0, training.id or 0
    transport = transport_for(settings)
    context = Context(database, settings, stage_plan(), transport, clock, worker="test:1")
    made = House(context, database, clock, lea_id, training_id)
    done = datetime(2027, 4, 20, tzinfo=UTC)
    for milestone in ("co", "ipm", "mpm"):
        made.decide(milestone, done_at=done, kept_on=done.date())
    yield made
    transport.close()


def test_what_is_owed_is_told_before_on_and_after_its_day_once_a_week(house: House) -> None:
    """The final meeting is due Thu 13 May and the read-ahead Thu 27 May; nothing of them is done."""
    assert house.days(date(2027, 5, 1), date(2027, 6, 2)) == [
        "Thu 06 May 08:00 Lea Lead",  # a week before the final meeting
        "Wed 12 May 08:00 Lea Lead",  # the day before, for it must be done; the day itself says it no more
        "Mon 17 May 08:00 Lea Lead",  # three days late, which was a Sunday
        "Wed 26 May 08:00 Lea Lead",  # the read-ahead's last call
        "Tue 01 Jun 08:00 Lea Lead",  # three days late was a Sunday again, and the Monday is a bank holiday
    ]


def test_a_must_is_said_again_the_day_before_and_nothing_else_a_second_time(house: House) -> None:
    assert len(house.tick(WEEK_BEFORE_FPM)) == 1
    house.decide("fpm", moved_days=-27)  # to the next day, Fri 7 May
    assert house.tick(WEEK_BEFORE_FPM + timedelta(hours=2)) == []  # this morning told them
    house.decide("read-ahead", moved_days=-27)
    assert house.tick(WEEK_BEFORE_FPM + timedelta(days=1)) == []
    keys = [one.once_key for one in all_letters(house.database)]
    assert keys == [f"duties:{house.lea_id}:2027-W18"]


def test_a_last_call_goes_in_a_week_that_another_chasing_letter_took(house: House) -> None:
    with house.database.transaction() as session:
        chase(session, house.lea_id, "2027-W19")
    (letter,) = house.tick(FPM_ON - timedelta(days=1))
    assert letter.once_key == f"duties:{house.lea_id}:2027-W19:2027-05-12"
    assert house.tick(FPM_ON) == []


def test_the_week_of_a_reader_is_one_for_answers_and_duties(house: House) -> None:
    with house.database.transaction() as session:
        chase(session, house.lea_id, "2027-W18")
    assert house.tick(WEEK_BEFORE_FPM) == []
    with house.database.transaction() as session:
        session.exec(select(Letter)).one().state = LetterState.WITHDRAWN.value  # and gave its week back
    assert len(house.tick(WEEK_BEFORE_FPM + timedelta(days=1))) == 1
    with house.database.reading() as session:
        assert {one.week for one in session.exec(select(Chase))} == {"2027-W18"}


def chase(session: Session, person_id: int, week: str) -> None:
    letter = Letter(
        once_key=f"E3:{person_id}:{week}",
        kind="E3_half_way",
        person_id=person_id,
        to_name="Lea Lead",
        to_address="lea@example.org",
        subject="",
        text="",
        html="",
        message_id=f"<{week}@example.org>",
        queued_at=WEEK_BEFORE_FPM,
        due_at=WEEK_BEFORE_FPM,
        state=LetterState.SENT,
    )
    session.add(letter)
    session.flush()
    session.add(Chase(person_id=person_id, week=week, letter_id=letter.id))


@pytest.mark.parametrize("field", ["programme_stopped_at", "restricted_at"])
def test_who_takes_no_letters_of_the_programme_gets_none_about_duties(house: House, field: str) -> None:
    with house.database.transaction() as session:
        setattr(session.get_one(Person, house.lea_id), field, WEEK_BEFORE_FPM)
    assert house.tick(WEEK_BEFORE_FPM) == []


def test_before_nine_and_on_days_off_nothing_goes(house: House) -> None:
    assert house.tick(WEEK_BEFORE_FPM - timedelta(minutes=1)) == []
    with house.database.transaction() as session:
        session.exec(select(City)).one().holidays_country = "SE"  # Ascension Day is on Thu 6 May 2027
        session.exec(select(City)).one().holidays_subdivision = ""
    assert house.tick(WEEK_BEFORE_FPM) == []
    assert len(house.tick(WEEK_BEFORE_FPM + timedelta(days=1))) == 1


def test_what_waits_says_what_is_so_or_is_taken_back(house: House) -> None:
    """A mail server that was away must not bring what was done meanwhile."""
    house.clock.set(FPM_ON - timedelta(days=1))
    remind_of_duties(house.context)
    (letter,) = all_letters(house.database)
    assert "Final planning meeting (must be done): Drones" in letter.text
    assert "Read-ahead" not in letter.text  # a fortnight ahead is not yet told
    house.decide("read-ahead", moved_days=-10)
    assert remind_of_duties(house.context) == "0 queued, 1 renewed"
    assert remind_of_duties(house.context) == "0 queued, 0 renewed"
    (renewed,) = all_letters(house.database)
    assert (renewed.message_id, renewed.state) == (letter.message_id, LetterState.QUEUED)
    assert "Read-ahead sent out" in renewed.text
    for milestone in ("fpm", "read-ahead"):
        house.decide(milestone, done_at=FPM_ON - timedelta(days=1), kept_on=FPM_ON.date())
    remind_of_duties(house.context)
    (gone,) = all_letters(house.database)
    assert gone.state == LetterState.WITHDRAWN
    with house.database.transaction() as session:  # and what comes back by itself is under the same key
        assert prepared(session, house.training_id, house.context.duty_rules.plans.profiles, FPM_ON)


def test_a_letter_that_a_change_of_its_reader_takes_back_is_written_anew_once(house: House) -> None:
    """Its morning had been looked at: with another name its reader lost the letter of the week."""
    house.clock.set(FPM_ON - timedelta(days=1))
    remind_of_duties(house.context)
    with house.database.transaction() as session:
        lea = session.get_one(Person, house.lea_id)
        edit_person(
            session,
            lea,
            replace(draft_of_person(lea), name="Lea Leader"),
            actor=lea,
            settings=house.context.settings,
            now=house.clock(),
        )
    (taken_back,) = all_letters(house.database)
    assert taken_back.state == LetterState.WITHDRAWN
    assert remind_of_duties(house.context) == "0 queued, 1 renewed"
    assert remind_of_duties(house.context) == "0 queued, 0 renewed"
    (letter,) = all_letters(house.database)
    assert (letter.state, letter.message_id) == (LetterState.QUEUED, taken_back.message_id)
    assert letter.text.count("Lea Leader") == 1


def test_a_letter_that_waits_is_taken_back_with_the_change_to_tlp_red_itself(house: House) -> None:
    """Delivery came before the tick that would have taken the title out."""
    house.clock.set(FPM_ON - timedelta(days=1))
    remind_of_duties(house.context)
    with house.database.transaction() as session:
        training = session.get_one(TrainingEvent, house.training_id)
        known = begin_change(session, training)
        training.marking, training.named_ids = "TLP:RED", [house.lea_id]
        finish_change(session, training, known, house.clock())
    assert [one.state for one in all_letters(house.database)] == [LetterState.WITHDRAWN]
    assert remind_of_duties(house.context) == "0 queued, 1 renewed"
    (letter,) = all_letters(house.database)
    assert "Drones" not in letter.subject + letter.text + letter.html
    house.decide("fpm", done_at=house.clock(), kept_on=FPM_ON.date())
    assert remind_of_duties(house.context) == "0 queued, 1 renewed"
    with counted(house.database) as statements:
        assert remind_of_duties(house.context) == "0 queued, 0 renewed"
    assert len(statements) == 3  # what was looked at is not looked at again


def test_a_second_round_changes_nothing_and_costs_two_questions(house: House) -> None:
    house.tick(WEEK_BEFORE_FPM)
    before = [one.model_dump() for one in all_letters(house.database)]
    with counted(house.database) as statements:
        assert remind_of_duties(house.context) == "0 queued, 0 renewed"
    assert len(statements) == 3  # what waits, the clocks there are, and their mornings
    assert [one.model_dump() for one in all_letters(house.database)] == before


def test_a_rehearsal_finds_the_letters_that_the_ticks_send(house: House) -> None:
    house.clock.set(datetime(2027, 5, 5, 12, 0, tzinfo=UTC))
    with house.database.reading() as session:
        rehearsed = rehearsed_duty_letters(
            session, house.context.duty_rules, house.context.settings, house.clock()
        )
        foreseen = [
            (one.due.once_key, one.due.due_at, one.letter.subject, one.letter.text) for one in rehearsed
        ]
    assert all_letters(house.database) == []
    house.days(date(2027, 5, 5), date(2027, 6, 2))
    sent = [(one.once_key, one.due_at, one.subject, one.text) for one in all_letters(house.database)]
    assert [one[:3] for one in foreseen] == [one[:3] for one in sent]
    assert len(sent) == 5
    for (_, _, _, text), (_, _, _, real) in zip(foreseen, sent, strict=True):
        assert text == without_tokens(real)


def test_the_page_of_the_rehearsal_is_for_who_writes_letters(
    house: House, sign_in: SignIn, database: Database
) -> None:
    house.clock.set(datetime(2027, 5, 5, 12, 0, tzinfo=UTC))
    with database.transaction() as session:
        london = session.exec(select(City)).one()
        cora = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
        lea = session.get_one(Person, house.lea_id)
    page = text_of(sign_in(cora).get("/letters/duties"))
    assert "5 letters to 1 person" in page
    assert "Final planning meeting (must be done): Drones" in page
    assert sign_in(lea).get("/letters/duties").status_code == 403


def test_nobody_hears_of_what_they_may_not_know(house: House) -> None:
    """A draft is its planners'; at TLP:RED a lead who is not named owes nothing."""
    with house.database.transaction() as session:
        session.get_one(TrainingEvent, house.training_id).published_at = None
    assert house.tick(WEEK_BEFORE_FPM) == []


def test_late_is_said_to_who_owes_it_alone(house: House) -> None:
    with house.database.transaction() as session:
        london = session.exec(select(City)).one()
        cora = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
        carl = make_person(session, "Carl", city=london)
        carl_id = carl.id
        assert cora.id
    house.decide("fpm", owner_id=carl_id)
    letters = house.tick(datetime(2027, 5, 17, 8, 0, tzinfo=UTC))
    assert [one.to_name for one in letters] == ["Carl"]
    assert "4 days late" in letters[0].text


def test_who_owns_an_action_says_how_it_stands_by_a_link_of_their_own(house: House, app: Flask) -> None:
    """The letter led to a page to sign in to; of an event's report nothing else ever brought the link."""
    with house.database.transaction() as session:
        lea = session.get_one(Person, house.lea_id)
        draft = ActionDraft(text="Buy the masts", due_on=date(2027, 5, 6), owner=lea.email)
        add_action(session, draft, lesson=None, by=Decider(lea, WEEK_BEFORE_FPM))
    house.decide("fpm", waived_reason="Not needed")
    (letter,) = house.tick(WEEK_BEFORE_FPM)
    link = re.search(r"/action/[\w-]+", letter.text)
    assert link, letter.text
    assert "Buy the masts" in app.test_client().get(link[0]).text
    assert house.tick(WEEK_BEFORE_FPM + timedelta(minutes=1)) == []


def test_ticks_beside_each_other_queue_each_letter_once(house: House) -> None:
    house.clock.set(WEEK_BEFORE_FPM)
    second = Context(
        house.database, house.context.settings, stage_plan(), house.context.transport, house.clock, worker="b"
    )
    assert [remind_of_duties(one) for one in (house.context, second)] == [
        "1 queued, 0 renewed",
        "0 queued, 0 renewed",
    ]
    with house.database.reading() as session:
        assert len(session.exec(select(Letter).order_by(col(Letter.id))).all()) == 1

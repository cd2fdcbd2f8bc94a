"""What people owe, of every noun, as days in the calendars of those who owe it, and of nobody else."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlmodel import Session, col, select

from exchange.audit import record
from exchange.db import Database
from exchange.feeds.content.feed_owners import all_feeds, with_owners
from exchange.feeds.publishing import duty_entries
from exchange.feeds.publishing.publish import ensure_feeds, mark_training_stale, publish_stale
from exchange.feeds.serving.calendar_documents import calendar_document
from exchange.lessons.action_changes import add_action, edit_action, followed_action, update_action
from exchange.lessons.actions import Decider, edit_lesson, write_lesson
from exchange.lessons.drafts import ActionDraft, LessonDraft, UpdateDraft
from exchange.models import (
    ActionState,
    Feed,
    FeedComponent,
    FeedKind,
    FeedSlot,
    Lesson,
    LessonKind,
    Person,
    PublishedFeed,
    Role,
    TrainingEvent,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.factories import make_city, make_person, make_training
from tests.statements import counted

NOW = datetime(2027, 3, 8, 9, tzinfo=UTC)  # a Monday
DUE = date(2027, 3, 31)
GOLDEN = Path(__file__).parents[2] / "golden" / "feeds" / "owed.ics"
ACTION = "Write the call-out list anew"


@dataclass
class House:
    """London with Lea, its lead, and Carl, its contact; Cora of Stockholm coordinates; all have calendars."""

    database: Database
    settings: Settings
    lesson_id: int
    action_id: int
    at: datetime = NOW

    def feeds(self) -> Iterator[tuple[Session, Feed]]:
        with self.database.reading() as session:
            for feed in session.exec(with_owners()).all():
                yield session, feed

    def owed(self, owner: str) -> dict[str, dict[str, str]]:
        """The entries of what a city's or a person's calendar says is owed, as served, by summary.

        But for what coordinators owe as soon as there are findings: to ask cities about them.
        """
        for session, feed in self.feeds():
            named = feed.person or feed.city
            if named is not None and named.name == owner and feed.kind != FeedKind.BUSY:
                row = session.get_one(PublishedFeed, feed.id)
                events = Calendar.from_ical(calendar_document(session, row).content).events
                return {
                    str(one["summary"]): {
                        name: one[name].to_ical().decode() for name in one if name != "summary"
                    }
                    for one in events
                    if str(one["uid"]).startswith("owed-")
                    and not str(one["summary"]).startswith("Findings: ")
                }
        raise LookupError(owner)

    def publish(self, minutes: int = 1) -> int:
        self.at += timedelta(minutes=minutes)
        return publish_stale(self.database, self.settings, self.at)

    def change(self, what: Callable[[Session], object]) -> None:
        """A change, and the next tick."""
        with self.database.transaction() as session:
            what(session)
        self.publish()

    def by(self, session: Session) -> Decider:
        return Decider(session.exec(select(Person).where(Person.name == "Cora")).one(), self.at)

    def say(self, state: ActionState, note: str = "") -> None:
        self.change(
            lambda session: update_action(
                session,
                followed_action(session, self.action_id, self.by(session)),
                UpdateDraft(state, note, "Minutes of 3 March"),
                by=self.by(session),
            )
        )

    def edit(self, **fields: object) -> None:
        def edit(session: Session) -> None:
            values: dict[str, object] = {"text": ACTION, "due_on": DUE, "owner": email_of(session, "Carl")}
            draft = ActionDraft(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords
            found = followed_action(session, self.action_id, self.by(session))
            edit_action(session, found, draft, reason="", by=self.by(session))

        self.change(edit)


def email_of(session: Session, name: str) -> str:
    return session.exec(select(Person.email).where(Person.name == name)).one()


def a_finding(marking: Marking = Marking.GREEN) -> LessonDraft:
    return LessonDraft(
        kind=LessonKind.LESSON,
        title="Say early who leads",
        text="Two services waited for each other.",
        source="Report of an exercise",
        source_number="3",
        marking=marking,
    )


def red_for_london(session: Session, marking: Marking = Marking.RED) -> LessonDraft:
    """The finding at TLP:RED, or at another marking, with London's people named on it."""
    named = tuple(email_of(session, name) for name in ("Lea", "Carl"))
    return replace(a_finding(marking), named=named)


@pytest.fixture
def house(database: Database, settings: Settings) -> House:
    with database.transaction() as session:
        london, stockholm = make_city(session, "London"), make_city(session, "Stockholm")
        cora = make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR], language="sv")
        people = [
            cora,
            make_person(session, "Lea", city=london, roles=[Role.CITY_LEAD]),
            make_person(session, "Carl", city=london),
        ]
        by = Decider(cora, NOW)
        lesson = write_lesson(session, a_finding(), by=by)
        draft = ActionDraft(text=ACTION, due_on=DUE, owner=people[2].email)
        action = add_action(session, draft, lesson=lesson, by=by)
        ensure_feeds(session, settings, NOW)
        session.add_all(Feed(kind=FeedKind.PERSON, person_id=one.id) for one in people)
        session.flush()
        known = set(session.exec(select(PublishedFeed.feed_id)))
        session.add_all(PublishedFeed(feed_id=f.id or 0) for f in all_feeds(session) if f.id not in known)
        made = House(database, settings, lesson.id or 0, action.id or 0)
    made.publish()
    return made


SUMMARY = f"Say early who leads: {ACTION} [TLP:GREEN]"


def test_who_owes_an_action_has_its_day_and_nobody_else(house: House) -> None:
    found = house.owed("Carl")
    assert list(found) == [SUMMARY]
    one = found[SUMMARY]
    assert (one["DTSTART"], one["DTEND"], one["TRANSP"]) == ("20270331", "20270401", "TRANSPARENT")
    assert re.fullmatch(r"owed-[0-9a-f]{32}@exchange", one["UID"])
    assert one["URL"] == f"{house.settings.base_url}/actions/{house.action_id}"
    assert one["CATEGORIES"] == "Deadline"
    for owner in ("Lea", "Cora", "London", "Stockholm"):
        assert house.owed(owner) == {}, owner


def test_it_moves_under_one_uid_with_a_higher_sequence_and_a_new_stamp(house: House) -> None:
    before = house.owed("Carl")[SUMMARY]
    house.edit(due_on=DUE + timedelta(days=7))
    after = house.owed("Carl")[SUMMARY]
    assert (after["UID"], after["DTSTART"]) == (before["UID"], "20270407")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["DTSTAMP"] > before["DTSTAMP"]
    assert after["DTSTAMP"] == after["LAST-MODIFIED"] == "20270308T090200Z"


def test_what_is_done_or_declined_is_gone_and_what_is_reopened_is_back(house: House) -> None:
    first = house.owed("Carl")[SUMMARY]
    house.say(ActionState.DONE)
    assert house.owed("Carl") == {}
    house.say(ActionState.IN_PROGRESS)
    again = house.owed("Carl")[SUMMARY]
    assert again["UID"] == first["UID"]
    assert int(again["SEQUENCE"]) > int(first["SEQUENCE"])  # what comes back is newer than what went
    house.say(ActionState.DECLINED, note="There is a list already.")
    assert house.owed("Carl") == {}


def test_what_a_city_owes_stands_in_its_own_calendar_and_its_leads(house: House) -> None:
    with house.database.reading() as session:
        london = session.get_one(Person, session.exec(select(Person.id).where(Person.name == "Lea")).one())
        city_id = london.city_id
    house.edit(owner="", owner_city_id=city_id)
    assert house.owed("Carl") == {}
    assert list(house.owed("Lea")) == list(house.owed("London")) == [SUMMARY]
    assert "URL" not in house.owed("London")[SUMMARY]  # a city's calendar leads to no page at TLP:GREEN
    assert house.owed("Stockholm") == house.owed("Cora") == {}


@pytest.mark.parametrize(
    ("marking", "owners"),
    [
        (Marking.AMBER, ["Lea"]),
        (Marking.AMBER_STRICT, ["Cora"]),  # its lead may not know of it, and so the coordinators owe it
        (Marking.RED, []),
    ],
)
def test_a_calendar_carries_no_more_of_it_than_its_marking_lets_it(
    house: House, marking: Marking, owners: list[str]
) -> None:
    """A city's calendar keeps the title back from TLP:AMBER on, and so what it owes; TLP:RED nowhere."""
    with house.database.reading() as session:
        city_id = session.exec(select(Person.city_id).where(Person.name == "Lea")).one()
    house.edit(owner="", owner_city_id=city_id)

    def raise_marking(session: Session) -> None:
        lesson = session.get_one(Lesson, house.lesson_id)
        edit_lesson(session, lesson, red_for_london(session, marking), reason="", by=house.by(session))

    house.change(raise_marking)
    assert [name for name in ("London", "Lea", "Carl", "Cora") if house.owed(name)] == owners


def test_a_marking_that_rises_holds_at_once(house: House) -> None:
    with house.database.transaction() as session:
        lesson = session.get_one(Lesson, house.lesson_id)
        edit_lesson(session, lesson, red_for_london(session), reason="", by=house.by(session))
    assert house.owed("Carl") == {}  # without a tick
    house.publish()
    assert house.owed("Carl") == {}


def test_who_notes_who_was_there_is_reminded_until_somebody_has(house: House) -> None:
    """Of an event on Thu 4 March, by Mon 8 March: its city's people and the coordinators, each once."""

    def hold(session: Session) -> None:
        host = session.exec(select(Person).where(Person.name == "Lea")).one().city
        training = make_training(session, host_city=host, on_local=date(2027, 3, 4), title="Drones")
        mark_training_stale(session, training)

    house.change(hold)
    house.publish(minutes=24 * 60)
    assert list(house.owed("London")) == ["Drones: Note who was there [TLP:GREEN]"]
    assert len(house.owed("Lea")) == 1
    assert list(house.owed("Cora")) == ["Drones: Anteckna vilka som var med [TLP:GREEN]"]

    def call_off(session: Session) -> None:
        training = session.exec(select(TrainingEvent)).one()
        training.cancelled_at = house.at
        mark_training_stale(session, training)
        record(session, actor=None, action="cancel", subject=f"training:{training.id}", now=house.at)

    house.change(call_off)
    assert house.owed("London") == house.owed("Cora") == {}


def test_same_duties_give_the_same_bytes_whatever_is_done_or_released(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = house.owed("Carl")
    house.change(lambda session: write_lesson(session, a_finding(), by=house.by(session)))
    house.publish(minutes=24 * 60)  # the next day's look
    monkeypatch.setattr("exchange.feeds.publishing.publication_diff.release", lambda: "another")
    house.publish()
    assert house.owed("Carl") == before


def test_a_change_writes_one_calendar_and_asks_no_more_for_many(house: House) -> None:
    def versions() -> dict[int, int]:
        with house.database.reading() as session:
            slots = session.exec(select(FeedSlot).where(col(FeedSlot.item).startswith("owed:")))
            return {slot.id or 0: slot.version for slot in slots}

    def cost() -> int:
        with house.database.transaction() as session:
            write_lesson(session, a_finding(), by=house.by(session))
        with counted(house.database) as statements:
            house.publish()
        return len(statements)

    before, few = versions(), cost()
    house.edit(due_on=DUE + timedelta(days=1))
    assert len(set(versions().items()) - set(before.items())) == 1
    with house.database.transaction() as session:
        carl = session.exec(select(Person).where(Person.name == "Carl")).one()
        for number in range(20):
            draft = ActionDraft(text=f"Number {number}", due_on=DUE, owner=carl.email)
            add_action(session, draft, lesson=session.get_one(Lesson, house.lesson_id), by=house.by(session))
            person = make_person(session, f"P{number}", city=carl.city)
            feed = Feed(kind=FeedKind.PERSON, person_id=person.id)
            session.add(feed)
            session.flush()
            session.add(PublishedFeed(feed_id=feed.id or 0))
    house.publish()
    assert len(house.owed("Carl")) == 21
    assert cost() <= few


def test_a_calendar_with_what_is_owed_is_the_kept_file_byte_for_byte(house: House) -> None:
    for session, feed in house.feeds():
        if feed.person is not None and feed.person.name == "Carl":
            content = calendar_document(session, session.get_one(PublishedFeed, feed.id)).content
            if os.environ.get("EXCHANGE_TEST_WRITE_GOLDEN"):
                GOLDEN.write_bytes(content)
            assert content == GOLDEN.read_bytes()


def test_nothing_done_is_nothing_worked_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duty_entries, "duties_beside_programme", lambda *_: pytest.fail("worked out"))
    assert house.publish() == 0


def test_it_is_no_entry_of_the_public_or_of_busy_calendars(house: House) -> None:
    with house.database.reading() as session:
        kinds = set(
            session.exec(
                select(FeedSlot.ring)
                .join(FeedComponent, col(FeedComponent.slot_id) == FeedSlot.id)
                .where(col(FeedSlot.item).startswith("owed:"))
            )
        )
    assert kinds == {"person"}

"""Whatever is done with a meeting of a board and with notes, whenever ticks come: each reader is told once.

Every letter is held against the meeting at the moment it left; at the end a second round changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from exchange.boards import actions
from exchange.boards.queries import board_of, meeting_of
from exchange.db import Database
from exchange.errors import ExchangeError
from exchange.mail.outbox.delivery import transport_for
from exchange.meeting_times import wall_of
from exchange.models import BoardMeeting, Letter, LetterState, Note, Person, Role
from exchange.network.actions.people import edit_person
from exchange.network.actions.seats import set_days
from exchange.network.drafts import draft_of_person
from exchange.notes.actions import By, claim_note, write_note
from exchange.notes.drafts import NoteDraft
from exchange.notes.sending import confirm_note, send_note, take_back_note
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import instant
from exchange.settings import Settings
from jobs.context import Context
from tests.boards.conftest import NOW, Net, a_meeting, make_net, published
from tests.factories import make_city, make_person, stage_plan
from tests.flows.rounds import FLOW, changes_between, dumped, order_of
from tests.hand_clock import HandClock
from tests.reused import ReusedFile, kept_database

EXAMPLES = 3  # of some seconds each
DEEDS = (
    *("move", "move back", "cancel", "end seat", "begin seat", "raise", "lower", "rename"),
    *("note", "take back", "urgent note", "confirm"),
)
OFF, OUT = ":off", ":out"

Step = tuple[str, int, int]  # a deed, minutes until the next one, the number of an order of ticks
Go = Callable[[list[Step]], None]


class Walk:
    """A network with one meeting of a board, and what is done in it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings, self.clock = database, settings, HandClock(NOW)
        transport = transport_for(settings)
        self.context = Context(database, settings, stage_plan(), transport, self.clock, "test:1")
        self.seen: set[int] = set()
        with database.transaction() as session:
            self.net: Net = make_net(session)
            colin = make_person(session, "Colin", city=make_city(session, "Dublin"), roles=[Role.COORDINATOR])
            self.second_id = colin.id or 0
            published(session, self.net)

    def round(self, order: int) -> None:
        for tick in order_of(order) if order else FLOW:
            tick(self.context)
        self.hold_what_left()

    def do(self, deed: str) -> None:
        """What cannot be done now is not done."""
        try:
            with self.database.transaction() as session:
                _DEEDS[deed](self, session)
        except ExchangeError:
            return

    def edit(self, session: Session, **fields: object) -> None:
        by = self.net.by(self.clock())
        draft = a_meeting(**fields)
        actions.edit_meeting(session, meeting_of(session, 1), draft, reason="As agreed.", by=by)

    def set_seat(self, session: Session, *, ends: bool) -> None:
        board, member = board_of(session, self.net.board.id or 0), session.get_one(Person, self.net.member.id)
        days = (None, self.clock().date() - timedelta(days=2) if ends else None)
        actor, now = self.net.coordinator, self.clock()
        set_days(session, board, member, days, actor=actor, settings=self.settings, now=now)

    def rename(self, session: Session) -> None:
        row = session.get_one(Person, self.net.member.id)
        draft = replace(draft_of_person(row), name=f"{row.name} A")
        actor, now = self.net.coordinator, self.clock()
        edit_person(session, row, draft, actor=actor, settings=self.settings, now=now)

    def write(self, session: Session, *, is_urgent: bool) -> None:
        by = By(self.net.coordinator, self.clock())
        cities = frozenset({self.net.stockholm.id or 0, self.net.sydney.id or 0})
        boards = frozenset({self.net.board.id or 0})
        draft = NoteDraft("Closed", "We close.", Marking.GREEN, is_urgent, cities, board_ids=boards)
        send_note(session, write_note(session, draft, by=by), self.settings, by=by)

    def with_last_note(self, session: Session, act: Callable[[Note], object]) -> None:
        last = session.exec(select(Note).order_by(col(Note.id).desc())).first()
        if last is not None:
            act(claim_note(session, last.id or 0, version=last.version))

    def hold_what_left(self) -> None:
        """Each letter that left in this round says what is so."""
        with self.database.reading() as session:
            meeting = session.get_one(BoardMeeting, 1)
            for one in sent(session):
                if one.id in self.seen:
                    continue
                self.seen.add(one.id or 0)
                if one.kind == "board meeting":
                    _hold(session, meeting, one)
                elif one.note_id:
                    assert session.get_one(Note, one.note_id).withdrawn_at is None, one.once_key


def _hold(session: Session, meeting: BoardMeeting, letter: Letter) -> None:
    is_told_off = letter.once_key.endswith((OFF, OUT))
    assert is_told_off or meeting.cancelled_at is None, letter.once_key
    if meeting.marking == Marking.RED or letter.once_key.endswith(OUT):
        assert meeting.title not in letter.subject + letter.text, letter.once_key
        return
    zone = ZoneInfo(session.get_one(Person, letter.person_id).city.time_zone)
    assert f"{instant(wall_of(meeting)).astimezone(zone):%H:%M}" in letter.text, letter.once_key


def sent(session: Session) -> list[Letter]:
    left = (
        select(Letter).where(Letter.state == LetterState.SENT).order_by(col(Letter.sent_at), col(Letter.id))
    )
    return list(session.exec(left))


_DEEDS: dict[str, Callable[[Walk, Session], None]] = {
    "move": lambda walk, session: walk.edit(session, starts_local=time(10)),
    "move back": lambda walk, session: walk.edit(session),
    "cancel": lambda walk, session: actions.cancel_meeting(
        session, meeting_of(session, 1), reason="Storm", by=walk.net.by(walk.clock())
    ),
    "end seat": lambda walk, session: walk.set_seat(session, ends=True),
    "begin seat": lambda walk, session: walk.set_seat(session, ends=False),
    "raise": lambda walk, session: walk.edit(
        session, marking=Marking.RED, named=(walk.net.chair.email, walk.net.coordinator.email)
    ),
    "lower": lambda walk, session: walk.edit(session, marking=Marking.AMBER),
    "rename": lambda walk, session: walk.rename(session),
    "note": lambda walk, session: walk.write(session, is_urgent=False),
    "urgent note": lambda walk, session: walk.write(session, is_urgent=True),
    "take back": lambda walk, session: walk.with_last_note(
        session, lambda note: take_back_note(session, note, by=By(walk.net.coordinator, walk.clock()))
    ),
    "confirm": lambda walk, session: walk.with_last_note(
        session,
        lambda note: confirm_note(
            session,
            note,
            walk.settings,
            by=By(session.get_one(Person, walk.second_id), walk.clock()),
        ),
    ),
}


@pytest.fixture
def go(migrated_file: ReusedFile, tmp_path: Path) -> Iterator[Go]:
    """Walk a course on an empty database."""
    with kept_database(migrated_file.url, "boards at rest") as database:

        def walked(course: list[Step]) -> None:
            database.dispose()
            migrated_file.empty()
            settings = Settings(database_url=migrated_file.url, data_dir=tmp_path, sample=False)
            _walked(Walk(database, settings), course)

        yield walked


def _walked(walk: Walk, course: list[Step]) -> None:
    for deed, minutes, order in course:
        walk.round(order)
        walk.do(deed)
        walk.round(order)
        walk.clock.set(walk.clock() + timedelta(minutes=minutes))
    for hours in (0, 36, 72):
        walk.clock.set(max(walk.clock(), NOW + timedelta(hours=hours)) + timedelta(hours=12))
        walk.round(hours)
        walk.round(0)
    before = dumped(walk.database)
    walk.round(1234)
    walk.round(0)
    assert changes_between(before, dumped(walk.database)) == []
    with walk.database.reading() as session:
        _judge(session, walk)
    walk.context.transport.close()


def _judge(session: Session, walk: Walk) -> None:
    """Nobody was told the same twice in a row, and the last that each heard is what is so."""
    letters = sent(session)
    notes = Counter((one.note_id, one.kind, one.person_id) for one in letters if one.note_id)
    assert all(count == 1 for (_note, kind, _person), count in notes.items() if kind == "note")
    meeting, told = session.get_one(BoardMeeting, 1), [one for one in letters if one.kind == "board meeting"]
    for person in (walk.net.chair, walk.net.member):
        heard = [one.once_key.rpartition(":")[2] for one in told if one.person_id == person.id]
        assert all(first != second for first, second in pairwise(heard)), heard
        if heard and meeting.cancelled_at:
            assert heard[-1] in ("off", "out"), heard
        if not meeting.cancelled_at and person is walk.net.chair:
            assert heard, "the chair is invited whatever is done"
            assert heard[-1] not in ("off", "out"), heard


steps = st.tuples(st.sampled_from(DEEDS), st.sampled_from([0, 3, 11, 300, 900, 1440]), st.integers(0, 5039))


@hypothesis_settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    report_multiple_bugs=False,
    deadline=None,
)
@given(course=st.lists(steps, max_size=7))
@example(course=[("rename", 300, 0), ("cancel", 11, 0), ("rename", 11, 0)])
@example(course=[("end seat", 11, 0), ("rename", 3, 0), ("cancel", 11, 0)])
@example(course=[("note", 3, 0), ("take back", 300, 77), ("urgent note", 3, 0), ("confirm", 0, 9)])
@example(course=[("raise", 3, 0), ("lower", 11, 0), ("move", 3, 0), ("move back", 11, 0)])
def test_any_course_comes_to_rest_and_tells_each_reader_once(course: list[Step], go: Go) -> None:
    go(course)

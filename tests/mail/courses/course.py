"""One whole cycle walked through, tick by tick, while people and the programme do what a course says.

All letters leave at once; what each is about is held against what is so when it leaves.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.models import (
    Answer,
    Board,
    BoardMember,
    Contribution,
    Cycle,
    Invitation,
    Letter,
    LetterState,
    Outlook,
    Person,
    Product,
    ProductState,
    Publication,
    Role,
    Sitting,
)
from exchange.rules.time.timezones import WallTime, instant, wall_time
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from jobs.letters.tell_changes import tell_changes
from tests.factories import make_person, stage_plan
from tests.hand_clock import HandClock
from tests.mail.programme import three_city_cycle

PLAN = stage_plan()
STARTS, ENDS = datetime(2026, 12, 18, 6, tzinfo=UTC), datetime(2027, 3, 15, tzinfo=UTC)
LINE = "\n" + "-" * 72 + "\n"
_TOKENS = re.compile(r"(/(?:attend|answer|review|letters/preferences)/)[A-Za-z0-9_.-]+")
_COUNTDOWN = re.compile(r"^(Today|Tomorrow|In (\d+) days)\b")

Step = Callable[[Session, datetime], None]


def make_network(session: Session) -> None:
    """Three cities with a contact each, a lead, a group's chair, a board member and a coordinator."""
    cycle = three_city_cycle(session)
    make_person(session, "Lou Lead", city=cycle.cities[1], roles=[Role.CITY_LEAD])
    make_person(session, "Cora Lindt", city=cycle.lead_city, roles=[Role.COORDINATOR])
    member = make_person(session, "Bea Board", city=cycle.lead_city, roles=[Role.EXPERT])
    board = Board(key="board", name="Board")
    session.add(board)
    session.flush()
    session.add(BoardMember(board_id=board.id, person_id=member.id))
    session.flush()


@dataclass
class Course:
    """A house, and what is done in it when: ``steps`` by the moment they are taken."""

    database: Database
    settings: Settings
    clock: HandClock
    steps: Mapping[datetime, Step]
    letters: list[Letter] = field(default_factory=list)

    def walk(self) -> None:
        """From before the heads-up until a week after the end, at every moment at which something is due."""
        at = STARTS
        while at < ENDS:
            self.clock.set(at)
            self._tick(at)
            at = self._next(at)

    def _tick(self, at: datetime) -> None:
        if at in self.steps:
            with self.database.transaction() as session:
                self.steps[at](session, at)
        tell_changes(self._context())
        while not queue_reminders(self._context()).startswith("0 queued"):
            self._send(at)
        self._send(at)

    def _send(self, at: datetime) -> None:
        """Let all that waits leave, when what it says is so."""
        with self.database.transaction() as session:
            due = (Letter.state == LetterState.QUEUED, col(Letter.due_at) <= at)
            for letter in session.exec(select(Letter).where(*due).order_by(col(Letter.id))):
                assert_true(session, letter, at)
                letter.state, letter.sent_at = LetterState.SENT.value, at
                self.letters.append(letter)
            session.flush()
            session.expunge_all()

    def _next(self, at: datetime) -> datetime:
        with self.database.reading() as session:
            due = select(Letter.due_at).where(Letter.state == LetterState.QUEUED)
            told = select(Cycle.tell_at).where(col(Cycle.tell_at).is_not(None))
            found = [*session.exec(select(Outlook.next_at)), *session.exec(due), *session.exec(told)]
        moments = [one for one in (*found, *self.steps, ENDS) if one is not None and one > at]
        return min(moments)

    def _context(self) -> Context:
        return Context(
            database=self.database,
            settings=self.settings,
            plan=PLAN,
            transport=None,  # type: ignore[arg-type]  # nothing is sent here
            now=self.clock,
            worker="course:1",
        )

    def written(self) -> str:
        """All letters as their readers get them, in the order they left."""
        return LINE.join(self._written())

    def _written(self) -> Iterator[str]:
        with self.database.reading() as session:
            cities = {one.id: one.city for one in session.exec(select(Person)) if one.city}
        for letter in self.letters:
            city = cities[letter.person_id]
            local = wall_time(letter.sent_at or letter.due_at, city.time_zone)
            parts = [kind for _, kind in (letter.tells or {}).get("carried", [])]  # type: ignore[attr-defined]  # JSON
            method = re.search(r"METHOD:(\w+)", letter.calendar)
            head = f"{' + '.join([letter.kind, *parts])} to {letter.to_name}"
            head += f", {local.on:%a} {local.on} {local.at:%H:%M} in {city.name}"
            head += f", calendar: {method[1]}" if method else ""
            text = _TOKENS.sub(r"\1...", letter.text)
            yield f"{head}\nSubject: {letter.subject}\n\n{text}"


def assert_true(session: Session, letter: Letter, at: datetime) -> None:
    """Hold a letter that leaves against what is so: the product, the session, who comes, and its days."""
    cycle = session.exec(select(Cycle)).one()
    kinds = {letter.kind, *(kind for _, kind in (letter.tells or {}).get("carried", []))}  # type: ignore[attr-defined]  # JSON
    product = session.exec(select(Product)).first()
    state = product.state if product else None
    assert cycle.publication is Publication.PUBLISHED or letter.kind == "halt", letter.subject
    if kinds & {"E8", "E8-2d"}:
        assert state is ProductState.IN_REVIEW, letter.subject
    if "E9" in kinds:
        assert state is ProductState.PUBLISHED, letter.subject
    if "E8-wait" in kinds:
        assert state is not ProductState.IN_REVIEW, letter.subject
    if "E9-wait" in kinds:
        assert state is not ProductState.PUBLISHED, letter.subject
    for meeting, about in (("scoping_call", "E2"), ("session", "E4"), ("session", "E5")):
        if {kind.partition("-")[0] for kind in kinds} & {about}:
            _assert_day(_sitting(session, meeting), letter, at)
    for sentence, is_so in _SENTENCES.items():
        assert sentence not in letter.text or is_so(session, letter, at), (letter.subject, sentence)
    if "E6" in kinds:
        theirs = (Invitation.person_id == letter.person_id, Invitation.meeting == "session")
        assert session.exec(select(Invitation).where(*theirs)).one().answer == Answer.ACCEPTED
        assert _begins(_sitting(session, "session")) < at


def _is_this_week(session: Session, letter: Letter, at: datetime) -> bool:
    assert letter.person
    zone = letter.person.city.time_zone
    days = (wall_time(one, zone).on.isocalendar()[:2] for one in (_begins(_sitting(session, "session")), at))
    return len(set(days)) == 1


def _is_over(session: Session, _letter: Letter, at: datetime) -> bool:
    return _begins(_sitting(session, "session")) < at


def _comes(session: Session, letter: Letter, _at: datetime) -> bool:
    """Whether they said so to a meeting of the cycle."""
    theirs = (Invitation.person_id == letter.person_id, Invitation.answer == Answer.ACCEPTED)
    return session.exec(select(Invitation).where(*theirs)).first() is not None


def _nothing_is_out(session: Session, _letter: Letter, _at: datetime) -> bool:
    product = session.exec(select(Product)).first()
    return product is None or product.state is not ProductState.PUBLISHED


# What letters say that is not so in every course, in the words of templates/mail.
_SENTENCES: dict[str, Callable[[Session, Letter, datetime], bool]] = {
    "This week is the live session": _is_this_week,
    "The live session is still to come": lambda session, letter, at: not _is_over(session, letter, at),
    " is over, and its product": _is_over,
    "Thank you for taking part": lambda *given: _is_over(*given) and _comes(*given),
    "Thank you for your part": _comes,
    "You said that you will come, thank you": _comes,
    "nothing has been published": _nothing_is_out,
    "Its results are there": lambda *given: not _nothing_is_out(*given),
    "none is there. We asked": lambda session, _letter, _at: not session.exec(select(Contribution)).all(),
}


def _sitting(session: Session, meeting: str) -> Sitting:
    return session.exec(select(Sitting).where(Sitting.meeting == meeting)).one()


def _begins(sitting: Sitting) -> datetime:
    return instant(WallTime(sitting.on_local, sitting.starts_local, sitting.time_zone))


def _assert_day(sitting: Sitting, letter: Letter, at: datetime) -> None:
    """The meeting's day and hour on its reader's wall stand in the letter, and how far off that is."""
    assert letter.person
    zone = letter.person.city.time_zone
    here, now = wall_time(_begins(sitting), zone), wall_time(at, zone)
    assert f"{here.on.day} {here.on:%B %Y}, {here.at:%H:%M} in {letter.person.city.name}" in letter.text
    assert _begins(sitting) > at, letter.subject
    counted = _COUNTDOWN.match(letter.subject.partition("] ")[2])
    if counted:
        days = {"Today": 0, "Tomorrow": 1}.get(counted[1]) if counted[2] is None else int(counted[2])
        assert days == (here.on - now.on).days, letter.subject


def moment(day: date, hour: int) -> datetime:
    """In UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

"""Sixty readers on four continents, their mail server with its faults, and the ticks of a weekend.

The server is a real one on loopback; of a process that is killed no statement reaches the database any more.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes

from sqlmodel import col, func, select

from exchange.cycles import actions as cycles
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.mail.outbox.delivered import UNREACHABLE
from exchange.mail.outbox.delivery import transport_for
from exchange.models import City, Letter, MembershipStatus
from exchange.settings import Settings
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from jobs.housekeeping.free_stuck import free_stuck
from jobs.housekeeping.prune_expired import prune_expired
from jobs.letters.queue_reminders import queue_reminders
from jobs.letters.tell_changes import tell_changes
from jobs.note_silence import note_silence
from jobs.publish_feeds import publish_feeds
from tests.factories import make_city, make_cycle, make_person, stage_plan
from tests.flows.wire import Killed
from tests.hand_clock import HandClock
from tests.mail.sink import Sink

PLAN = stage_plan()
CITIES = ("Stockholm", "London", "Washington DC", "Vancouver", "Sydney", "Auckland")
STARTS_ON = date(2027, 10, 4)  # in its week 4 people are invited; at the end of that Europe's clocks change
MONDAY_EVENING = datetime(2027, 10, 25, 18, 30, tzinfo=UTC)
TUESDAY = datetime(2027, 10, 25, 22, 30, tzinfo=UTC)  # in Australasia, where Monday was a holiday
FRIDAY_NIGHT = datetime(2027, 10, 29, 21, 50, tzinfo=UTC)
MONDAY_NOON = datetime(2027, 11, 1, 12, tzinfo=UTC)
DROPPED, KILLED = (5, 30, 45), (12, 33, 50)  # which letter, of those that come so far as to be shown


@dataclass
class Post:
    """The server takes no letter at the first try of its reader; ``heard`` are Message-ID and reader."""

    now: HandClock
    is_dead: bool = False
    shown: int = 0
    first_tries: set[str] = field(default_factory=set)
    heard: list[tuple[str, str]] = field(default_factory=list)

    def at_recipient(self, address: str) -> str:
        if address in self.first_tries or self.now() < FRIDAY_NIGHT:
            return "250 OK"
        self.first_tries.add(address)
        return "451 4.7.1 Greylisted"

    def at_data(self, content: bytes) -> str:
        """Half of what is dropped the server has taken; whoever is killed never hears that it did."""
        if self.now() < FRIDAY_NIGHT:
            return "250 OK"
        self.shown += 1
        is_dropped, self.is_dead = self.shown in DROPPED, self.shown in KILLED
        if not is_dropped or self.shown % 2:
            message = message_from_bytes(content)
            self.heard.append((str(message["Message-ID"]), str(message["To"])))
        return "drop" if is_dropped else "250 OK"


@dataclass
class Weekend:
    """A house with its clock process, whose ticks are five minutes apart."""

    database: Database
    settings: Settings
    clock: HandClock
    post: Post

    def invite(self) -> None:
        """Fifty-five of the sixty get their invitations on Monday; five come to the network afterwards."""
        with self.database.transaction() as session:
            cities = [make_city(session, name, status=MembershipStatus.LEAD) for name in CITIES]
            people = [make_person(session, city=cities[number % 6]) for number in range(55)]
            assert len(people) == 55
            make_cycle(session, lead_city=cities[0], cities=cities[1:], starts_on=STARTS_ON)
        for at in (MONDAY_EVENING, TUESDAY):
            self.clock.set(at)
            self.tick()
        with self.database.transaction() as session:
            for city in session.exec(select(City).where(col(City.name) != "London")).all():
                make_person(session, city=city)

    def cancel(self) -> None:
        """On Friday night the cycle is cancelled."""
        self.clock.set(FRIDAY_NIGHT)
        with self.database.transaction() as session:
            cycle = cycle_to_change(session, 1)
            cycles.cancel_cycle(session, cycle, reason="A flood", plan=PLAN, actor=None, now=FRIDAY_NIGHT)

    def tick(self) -> None:
        """All ticks; those that make and take back no letters when their turn comes."""
        context = self._context()
        free_stuck(context)
        queue_reminders(context)
        tell_changes(context)
        self._deliver()
        if self.clock().minute % 10 == 0:
            prune_expired(context)
            publish_feeds(context)
        if self.clock().minute == 0:
            note_silence(context)

    def _deliver(self) -> None:
        """After a kill or a broken connection the next run goes on, a quarter of a minute later."""
        for _ in range(1 + len(DROPPED) + len(KILLED)):
            try:
                if UNREACHABLE not in deliver_mail(self._context()):
                    return
            except Killed:
                self.post.is_dead = False
                self.database.dispose()

    def _context(self) -> Context:
        return Context(
            database=self.database,
            settings=self.settings,
            plan=PLAN,
            transport=transport_for(self.settings),
            now=self.clock,
            worker="weekend:1",
        )

    def count_halts(self) -> int:
        """How many rows there are of letters about the cancellation."""
        with self.database.reading() as session:
            return session.exec(select(func.count()).select_from(Letter).where(Letter.kind == "halt")).one()

    def halts(self) -> list[Letter]:
        """Letters about the cancellation, in the order written."""
        with self.database.reading() as session:
            found = session.exec(select(Letter).where(Letter.kind == "halt").order_by(col(Letter.id))).all()
            session.expunge_all()
        return list(found)


def sink_of(post: Post) -> Sink:
    """The server on loopback."""
    return Sink(at_recipient=post.at_recipient, at_data=post.at_data)

"""The mail server is away before a session: what arrives, when on its reader's wall, and in which words.

The ticks of the clock run every hour against a real server on loopback, which is away for a while.
"""

from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy

import pytest
from pydantic import SecretStr
from sqlmodel import select

from exchange.cycles import actions as cycles
from exchange.cycles.moves import SittingMove
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.mail.outbox.delivered import UNREACHABLE
from exchange.mail.outbox.delivery import transport_for
from exchange.models import Answer, Invitation, Letter, LetterState
from exchange.rules.time.timezones import WallTime, wall_time
from exchange.settings import Settings
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from jobs.letters.queue_reminders import queue_reminders
from jobs.letters.tell_changes import tell_changes
from tests.factories import stage_plan
from tests.free_ports import free_port
from tests.hand_clock import HandClock
from tests.mail.programme import three_city_cycle
from tests.mail.sink import Sink, running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # many ticks, few rows
PLAN = stage_plan()
HOUR = timedelta(hours=1)
ZONES = {
    "Åsa Öberg": "Europe/Stockholm",
    "Tom Baker-Lane": "Europe/London",
    "Priya Nair": "Europe/London",
    "Maria Ruiz": "America/New_York",
}
WEDNESDAY = datetime(2027, 2, 10, 6, tzinfo=UTC)  # the session is on Thursday, 14:00 in London
NINE_IN_LONDON = WEDNESDAY + 3 * HOUR
Arrival = tuple[str, str, str]  # reader, moment on their wall, subject without the marking and the title


class House:
    """A house whose mail server comes and goes; what arrived is kept with the moment on its reader's wall."""

    def __init__(self, database: Database, settings: Settings, clock: HandClock) -> None:
        self.database, self.clock = database, clock
        self.arrived: list[Arrival] = []
        self._sink = Sink(at_data=self._take)
        self._settings = settings.model_copy(update={"base_url": "https://exchange.example.org"})

    def _take(self, content: bytes) -> str:
        message = message_from_bytes(content, policy=policy.default)
        name = str(message["To"]).partition(" <")[0].strip('"')
        local = wall_time(self.clock(), ZONES[name])
        subject = str(message["Subject"]).removeprefix("[TLP:GREEN] ").removesuffix(": Hostile drones")
        self.arrived.append((name, f"{local.on:%a} {local.at:%H:%M}", subject))
        return "250 OK"

    def walk(
        self, since: datetime, until: datetime, *, away_until: datetime | None = None, every: timedelta = HOUR
    ) -> None:
        """Ticks from time to time; before ``away_until`` nobody answers at the server's address."""
        with running(self._sink) as at:
            while since < until:
                self.clock.set(since)
                is_away = away_until is not None and since < away_until
                outcome = self._tick(f"127.0.0.1:{free_port()}" if is_away else at)
                assert (UNREACHABLE in outcome) <= is_away
                since += every

    def _tick(self, at: str) -> str:
        settings = self._settings.model_copy(update={"smtp_url": SecretStr(f"smtp://{at}")})
        context = Context(
            database=self.database,
            settings=settings,
            plan=PLAN,
            transport=transport_for(settings),
            now=self.clock,
            worker="house:1",
        )
        queue_reminders(context)
        tell_changes(context)
        return deliver_mail(context)

    def to(self, name: str) -> list[tuple[str, str]]:
        return [(when, words) for to, when, words in self.arrived if to == name]

    def comes_to_all(self) -> None:
        """Everybody says that they come."""
        with self.database.transaction() as session:
            for invitation in session.exec(select(Invitation)):
                invitation.answer = Answer.ACCEPTED

    def left(self) -> set[str]:
        """The kinds of letters that wait."""
        with self.database.reading() as session:
            found = session.exec(select(Letter.kind).where(Letter.state == LetterState.QUEUED))
            return set(found)


@pytest.fixture
def house(database: Database, settings: Settings, clock: HandClock) -> House:
    """Everybody was invited and comes; the joining notes are out."""
    with database.transaction() as session:
        three_city_cycle(session)
    made = House(database, settings, clock)
    for monday in (datetime(2027, 2, 1, 15, tzinfo=UTC), datetime(2027, 2, 8, 15, tzinfo=UTC)):
        made.walk(monday, monday + HOUR)
        made.comes_to_all()
    made.arrived.clear()
    return made


def test_an_hour_away_costs_an_hour_and_no_word(house: House) -> None:
    """At nine in London nobody answered; Stockholm's letter had gone, and Washington was asleep."""
    house.walk(WEDNESDAY, NINE_IN_LONDON)
    house.walk(NINE_IN_LONDON, NINE_IN_LONDON + 8 * HOUR, away_until=NINE_IN_LONDON + HOUR)
    assert house.arrived == [
        ("Åsa Öberg", "Wed 09:00", "Tomorrow: Live session on Thu 11 Feb, 15:00 in Stockholm"),
        ("Tom Baker-Lane", "Wed 10:00", "Tomorrow: Live session on Thu 11 Feb, 14:00 in London"),
        ("Priya Nair", "Wed 10:00", "Tomorrow: Live session on Thu 11 Feb, 14:00 in London"),
        ("Maria Ruiz", "Wed 09:00", "Tomorrow: Live session on Thu 11 Feb, 09:00 in Washington DC"),
    ]
    assert house.left() == set()


def test_a_day_away_brings_the_words_of_today(house: House) -> None:
    """Twenty-six hours, from before the eve's letters until three hours before the session begins.

    In Washington it is before dawn then: the eve's letter has lost its use when its reader is up, and the
    hour's comes. Nobody reads "Tomorrow", nor "We thank you" before it is over.
    """
    back = WEDNESDAY + 29 * HOUR
    house.walk(WEDNESDAY, back, away_until=back, every=2 * HOUR)
    assert house.arrived == []
    house.walk(back, back + 9 * HOUR)
    today = "Today: Live session on Thu 11 Feb"
    assert house.to("Åsa Öberg") == [
        ("Thu 12:00", f"{today}, 15:00 in Stockholm"),
        ("Thu 14:00", f"{today}, 15:00 in Stockholm"),
        ("Thu 19:00", "Your feedback by Thu 18 Feb"),
    ]
    assert house.to("Tom Baker-Lane") == house.to("Priya Nair")
    assert house.to("Tom Baker-Lane") == [
        ("Thu 11:00", f"{today}, 14:00 in London"),
        ("Thu 13:00", f"{today}, 14:00 in London"),
        ("Thu 18:00", "Your feedback by Thu 18 Feb"),
    ]
    assert house.to("Maria Ruiz") == [
        ("Thu 08:00", f"{today}, 09:00 in Washington DC"),
        ("Thu 13:00", "Your feedback by Thu 18 Feb"),
    ]
    assert house.left() == set()


def test_a_weekend_away_before_a_session_on_monday_brings_nothing_on_it(house: House) -> None:
    """Moved to Monday; its eve's letters were due on Friday, and the server came back on Monday at six."""
    with house.database.transaction() as session:
        cycle = cycle_to_change(session, 1)
        sitting = next(one for one in cycle.sittings if one.meeting == "session")
        to = SittingMove(WallTime(date(2027, 2, 15), time(14), "Europe/London"), 90, reason="The room")
        cycles.move_sitting(session, cycle, sitting.id or 0, to, plan=PLAN, actor=None, now=WEDNESDAY)
    house.walk(WEDNESDAY + HOUR, WEDNESDAY + 10 * HOUR, every=2 * HOUR)
    assert [words for _, words in house.to("Maria Ruiz")] == ["New time, Mon 15 Feb, 09:00 in Washington DC"]
    house.comes_to_all()
    house.arrived.clear()
    friday, monday = datetime(2027, 2, 12, 6, tzinfo=UTC), datetime(2027, 2, 15, 6, tzinfo=UTC)
    house.walk(friday, monday, away_until=monday, every=3 * HOUR)
    house.walk(monday, monday + 9 * HOUR)
    today = "Today: Live session on Mon 15 Feb"
    assert house.to("Åsa Öberg") == [
        ("Mon 09:00", f"{today}, 15:00 in Stockholm"),
        ("Mon 14:00", f"{today}, 15:00 in Stockholm"),
    ]
    assert house.to("Tom Baker-Lane") == [
        ("Mon 09:00", f"{today}, 14:00 in London"),
        ("Mon 13:00", f"{today}, 14:00 in London"),
    ]
    assert house.to("Priya Nair") == [
        ("Mon 09:00", f"{today}, 14:00 in London"),
        ("Mon 09:00", "Your draft is due on Fri 19 Feb"),
        ("Mon 13:00", f"{today}, 14:00 in London"),
    ]
    assert house.to("Maria Ruiz") == [("Mon 08:00", f"{today}, 09:00 in Washington DC")]


def test_a_cancellation_that_the_server_kept_overnight_comes_as_soon_as_it_is_back(house: House) -> None:
    """Saved the day before: whoever would travel hears of it, whatever hour it is on their wall."""
    saved_at = WEDNESDAY + 9 * HOUR
    with house.database.transaction() as session:
        cycle = cycle_to_change(session, 1)
        cycles.cancel_cycle(session, cycle, reason="A flood", plan=PLAN, actor=None, now=saved_at)
    back = WEDNESDAY + 24 * HOUR
    house.walk(saved_at + HOUR, back, away_until=back, every=7 * HOUR)
    house.walk(back, back + 3 * HOUR)
    assert sorted(house.arrived) == [
        ("Maria Ruiz", "Thu 01:00", "Cancelled"),
        ("Priya Nair", "Thu 06:00", "Cancelled"),
        ("Tom Baker-Lane", "Thu 06:00", "Cancelled"),
        ("Åsa Öberg", "Thu 07:00", "Cancelled"),
    ]
    assert house.left() == set()

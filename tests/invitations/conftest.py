"""A network with an event and a cycle, its letters queued and read, for tests of invitations."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.mail.wire.maildir import MaildirTransport
from exchange.models import Cycle, Invitation, Letter, Person, TrainingEvent
from exchange.settings import Settings
from jobs.context import Context
from tests.factories import make_training, stage_plan
from tests.hand_clock import HandClock
from tests.mail.programme import lead_cities, three_city_cycle
from tests.queueing import queue_due

PLAN = stage_plan()
INVITED_AT = datetime(2027, 1, 29, 16, tzinfo=UTC)  # Friday, working time in all three cities
EVENT_ON = date(2027, 3, 11)  # Thursday, three days before Washington's clocks change


class Post:
    """The outbox of one installation: ``tick`` queues what is due, ``letters`` reads it."""

    def __init__(self, database: Database, settings: Settings, clock: HandClock) -> None:
        self.database, self.settings, self.clock = database, settings, clock

    def tick(self, now: datetime) -> int:
        self.clock.set(now)
        with self.database.transaction() as session:
            return queue_due(session, plan=PLAN, settings=self.settings, now=now)

    def context(self) -> Context:
        """What a job needs to run on this installation."""
        return Context(
            database=self.database,
            settings=self.settings,
            plan=PLAN,
            transport=MaildirTransport(self.settings.mail_dir),
            now=self.clock,
            worker="test:1",
        )

    def letters(self, **by: object) -> list[Letter]:
        """Letters in the order queued, those with the given kind, name, state..."""
        with self.database.reading() as session:
            found = session.exec(select(Letter).order_by(col(Letter.id))).all()
            session.expunge_all()
        return [one for one in found if all(getattr(one, name) == value for name, value in by.items())]

    def invitation(self, name: str) -> Invitation:
        """The one invitation of a person, with the person."""
        with self.database.reading() as session:
            found = session.exec(select(Invitation).join(Person).where(Person.name == name)).one()
            assert found.person.city
            session.expunge_all()
            return found


@pytest.fixture
def post(database: Database, settings: Settings, clock: HandClock) -> Post:
    return Post(database, settings, clock)


@pytest.fixture
def settings(database_url: str, tmp_path: object) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path,
        sample=False,
        base_url="https://exchange.example.org",
        mail_from="CTPN Exchange <programme@example.org>",
        imap_url="imaps://programme:secret@mail.example.org/INBOX",
    )


def event(session: Session, **fields: object) -> TrainingEvent:
    """A table-top in Stockholm to which all three cities are invited."""
    cities = lead_cities(session)
    values: dict[str, object] = {
        "title": "Table-top on drones",
        "on_local": EVENT_ON,
        "place": "Room 4, Fire Station",
        "join_link": "https://meet.example.org/table-top",
        "description": "Bring the plan of your city.",
    }
    return make_training(session, host_city=cities[0], cities=cities, **(values | fields))


@pytest.fixture
def training(database: Database, post: Post) -> TrainingEvent:
    """Published, and its three people invited."""
    with database.transaction() as session:
        made = event(session)
    assert post.tick(INVITED_AT) == 3
    return made


@pytest.fixture
def cycle(database: Database) -> Cycle:
    """C1 of 2027 with its session on 11 February; nobody was told anything yet."""
    with database.transaction() as session:
        return three_city_cycle(session)

"""Small makers for tests of mail."""

import itertools
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.models import City, Letter, Person

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
LETTER = ComposedLetter("[TLP:CLEAR] Your input is due", "Dear reader,\n\nplease.\n", "<p>Dear reader</p>")

_numbers = itertools.count(1)


def person(session: Session, name: str = "Åsa Öberg", email: str = "") -> Person:
    """A person of Stockholm, made with the city when that is not there."""
    city = session.exec(select(City)).first()
    if city is None:
        city = City(slug="stockholm", name="Stockholm", time_zone="Europe/Stockholm", holidays_country="SE")
        session.add(city)
        session.flush()
    made = Person(name=name, email=email or f"person{next(_numbers)}@example.org", city_id=city.id)
    session.add(made)
    session.flush()
    return made


def queue_letters(
    database: Database, count: int = 1, *, due_at: datetime = NOW, letter: ComposedLetter = LETTER
) -> list[Letter]:
    """Put ``count`` letters to as many people into the outbox."""
    made = []
    with database.transaction() as session:
        for _ in range(count):
            to = person(session)
            row = queue(
                session,
                letter,
                to=to,
                once_key=f"test:{to.id}",
                kind="E1",
                why="a test",
                due_at=due_at,
                useless_after=NOW + timedelta(days=3),
                now=min(due_at, NOW),
            )
            assert row is not None
            made.append(row)
    return made


def all_letters(database: Database) -> list[Letter]:
    """Every letter, in the order queued."""
    with database.reading() as session:
        letters = list(session.exec(select(Letter).order_by(col(Letter.id))).all())
        session.expunge_all()  # the rollback at the end would empty them
        return letters

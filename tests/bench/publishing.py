"""What publishing costs, beside the calendar library generating one feed of the same events once."""

import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from statistics import median

from icalendar import Calendar, Event
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.answers import Edition, finished
from exchange.feeds.publish import ensure_feeds, mark_training_stale, publish_due, publish_stale, touch
from exchange.feeds.volumes import Volume, named, volume_of
from exchange.migrations import migrate
from exchange.models import Feed, FeedKind, PublishedFeed, TrainingEvent
from exchange.settings import ROOT, Settings
from tests.factories import MADE_AT, make_city, make_training

EVENTS = 150
FEEDS = 100
MOVES = 9
ZONES = ("Europe/London", "Europe/Stockholm", "America/New_York", "Australia/Sydney")
SIZES = (150, 1_500, 15_000)


def measure() -> None:
    """Print cold and incremental publishing as multiples of one generation, then growth."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/exchange.db")
        database = shared_programme(settings, feeds=FEEDS, events=EVENTS)
        cold = _seconds(lambda: publish_stale(database, settings, MADE_AT))
        volume = _volume(database)
        source = _source(volume.content)
        once: list[float] = []
        moved: list[float] = []
        for number in range(MOVES):  # in turn, so that a busy moment hits both
            once.append(_seconds(lambda: _generated(source)))
            at = _move(database, number)
            moved.append(_seconds(lambda at=at: publish_due(database, settings, at)))  # type: ignore[misc]  # bound now
        answers = _seconds(lambda: _finish_all(database))
        base = median(once)
        print(f"one feed of {EVENTS} events, {len(volume.content):,} bytes, {FEEDS} cities that share them")
        for what, seconds in (
            ("icalendar generates one feed once", base),
            ("all feeds published, cold", cold),
            ("one moved event, to the last feed", median(moved)),
            ("all answers finished anew by a web process", answers),
        ):
            print(f"{what:44} {seconds * 1000:8.1f} ms {seconds / base:7.3f} x")
        database.dispose()
    for events in SIZES:
        subprocess.run(
            [sys.executable, "-m", "tests.bench.publishing", str(events)], cwd=ROOT, check=True, timeout=600
        )


def growth(events: int) -> None:
    """Print time and peak memory of a process that publishes so many events to three cities."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/exchange.db")
        database = shared_programme(settings, feeds=3, events=events)
        gc.collect()
        before = _peak_mebibytes()
        cold = _seconds(lambda: publish_stale(database, settings, MADE_AT))
        at = _move(database, 0)
        moved = _seconds(lambda: publish_due(database, settings, at))
        print(
            f"{events:6,} events, 3 cities: cold {cold:7.2f} s {cold / events * 1e6:6.0f} us each,"
            f" peak {before:.0f} -> {_peak_mebibytes():.0f} MiB; one moved {moved * 1000:6.1f} ms"
        )
        database.dispose()


def shared_programme(settings: Settings, *, feeds: int, events: int) -> Database:
    """A house whose cities all see the same open events, in the zones of the network."""
    migrate(settings.database_url)
    database = Database(settings.database_url)
    with database.transaction() as session:
        cities = [make_city(session, f"City {number:03}", slug=f"city-{number}") for number in range(feeds)]
        for number in range(events):
            make_training(
                session,
                host_city=cities[number % feeds],
                title=f"Open seminar {number} on crowded places",
                description="What a city does in its first hours, and whom it calls.",
                place="Town hall, room 3",
                marking="TLP:CLEAR",
                on_local=date(2027, 1, 4) + timedelta(days=number % 700),
                starts_local=clock_time(9 + number % 8),
                time_zone=ZONES[number % len(ZONES)],
            )
        ensure_feeds(session, settings, MADE_AT)
    return database


def _move(database: Database, number: int) -> datetime:
    at = MADE_AT + timedelta(minutes=number + 1)
    with database.transaction() as session:
        trainings = select(TrainingEvent).order_by(TrainingEvent.id).offset(number).limit(1)  # type: ignore[arg-type]
        training = session.exec(trainings).one()
        training.starts_local = clock_time(18, number)
        touch(training, at)
        mark_training_stale(session, training)
    return at


def _source(content: bytes) -> list[list[tuple[str, object, dict[str, str]]]]:
    """Properties of the feed's head and events, as plain values, for the library to write."""
    calendar = Calendar.from_ical(content)
    return [_properties(component) for component in (calendar, *calendar.walk("VEVENT"))]


def _properties(component: object) -> list[tuple[str, object, dict[str, str]]]:
    found = []
    for name, value in component.property_items(recursive=False):  # type: ignore[attr-defined]
        if name in ("BEGIN", "END"):
            continue
        plain = value.dt if hasattr(value, "dt") else str(value)
        plain = int(value) if name == "SEQUENCE" else plain
        plain = [str(one) for one in value.cats] if name == "CATEGORIES" else plain
        kept = dict(value.params) if name in ("ORGANIZER", "CONFERENCE") else {}
        found.append((name, plain, kept))
    return found


def _generated(source: list[list[tuple[str, object, dict[str, str]]]]) -> bytes:
    """The feed as the library makes it, with its own time zones: without them no client reads it right."""
    calendar = Calendar()
    for name, value, _ in source[0]:
        calendar.add(name, value)
    for properties in source[1:]:
        event = Event()
        for name, value, parameters in properties:
            event.add(name, value, parameters=parameters or None)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _volume(database: Database) -> Volume:
    with database.reading() as session:
        of_city = select(PublishedFeed).join(Feed).where(Feed.kind == FeedKind.CITY)
        return volume_of(session, session.exec(of_city).first())  # type: ignore[arg-type]


def _finish_all(database: Database) -> None:
    """What web processes do after a change, each feed when somebody asks for it."""
    with database.reading() as session:
        for row, feed in session.exec(select(PublishedFeed, Feed).join(Feed)):
            volume = volume_of(session, row)
            finished(volume.content, Edition(volume.published_at, named(feed), is_secret=True))


def _seconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    growth(int(sys.argv[1]))

"""What publishing costs, beside the calendar library generating one feed of the same events once."""

import gc
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from icalendar import Calendar, Event
from sqlalchemy.orm import configure_mappers
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.publishing.publish import (
    ensure_feeds,
    mark_training_stale,
    publish_due,
    publish_stale,
    touch,
)
from exchange.feeds.serving.calendar_documents import CalendarDocument, calendar_document, file_name_of
from exchange.feeds.serving.responses import FeedState, responses_for
from exchange.migrations import migrate
from exchange.models import Feed, FeedKind, PublishedFeed, TrainingEvent
from exchange.settings import ROOT, Settings
from exchange.system.startup import keep_what_is_loaded
from tests.audit_key import CARRIED
from tests.factories import MADE_AT, make_city, make_training

EVENTS = 150
FEEDS = 100
COLD = 5
MOVES = 15
ZONES = ("Europe/London", "Europe/Stockholm", "America/New_York", "Australia/Sydney")
SIZES = (150, 1_500, 15_000)


class Spent(NamedTuple):
    """Seconds on the clock, and of the processor: the second says more on a busy machine."""

    wall: float
    cpu: float


def measure() -> None:
    """Print cold and incremental publishing as multiples of one generation, then growth."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(folder)
        database = shared_programme(settings, feeds=FEEDS, events=EVENTS)
        database.dispose()  # all of it lies in its file now
        cold = _cold(folder)
        publish_stale(database, settings, MADE_AT)
        keep_what_is_loaded()  # as a clock does
        document = _document(database)
        source = _source(document.content)
        once: list[Spent] = []
        moved: list[Spent] = []
        for number in range(MOVES):  # in turn, so that a busy moment hits both
            once.append(_spent(lambda: _generated(source)))
            at = _move(database, number)
            moved.append(_spent(lambda at=at: publish_due(database, settings, at)))  # type: ignore[misc]  # bound now
        answers = [_spent(lambda: _finish_all(database))]
        print(f"one feed of {EVENTS} events, {len(document.content):,} bytes, {FEEDS} cities that share them")
        print(f"icalendar generates one feed once: {_told(once)}")
        for what, spent, units in (
            ("all feeds published, cold", [taken for taken, _ in cold], [unit for _, unit in cold]),
            ("one moved event, to the last feed", moved, once),
            ("all answers finished anew by a web process", answers, once),
        ):
            print(f"{what:44} {_told(spent)}, {_times(spent, units)}")
        database.dispose()
    for events in SIZES:
        _child("growth", str(events), stdout=None)


def _cold(folder: str) -> list[tuple[Spent, Spent]]:
    """Publishing and one generation beside it, each time in a new process with a database never published."""
    found = []
    for _ in range(COLD):
        with tempfile.TemporaryDirectory() as copy:
            shutil.copy(Path(folder, "exchange.db"), copy)
            wall, cpu, unit_wall, unit_cpu = map(float, _child("cold", copy, stdout=subprocess.PIPE).split())
            found.append((Spent(wall, cpu), Spent(unit_wall, unit_cpu)))
    return found


def cold(folder: str) -> None:
    """Publish all for the first time in a process that has started like a clock, and done nothing else."""
    settings = _settings(folder)
    database = Database(settings.database_url, carries=CARRIED)
    configure_mappers()
    keep_what_is_loaded()
    spent = _spent(lambda: publish_stale(database, settings, MADE_AT))
    source = _source(_document(database).content)
    unit = _median([_spent(lambda: _generated(source)) for _ in range(3)])
    print(*spent, *unit)


def growth(events: str) -> None:
    """Print time and peak memory of a process that publishes so many events to three cities."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(folder)
        database = shared_programme(settings, feeds=3, events=int(events))
        gc.collect()
        before = _peak_mebibytes()
        cold = _spent(lambda: publish_stale(database, settings, MADE_AT))
        at = _move(database, 0)
        moved = _spent(lambda: publish_due(database, settings, at))
        each = cold.cpu / int(events) * 1e6
        print(
            f"{int(events):6,} events, 3 cities: cold {cold.wall:7.2f} s (cpu {each:.0f} us each),"
            f" peak {before:.0f} -> {_peak_mebibytes():.0f} MiB; one moved {moved.wall * 1000:6.1f} ms"
        )
        database.dispose()


def _settings(folder: str) -> Settings:
    return Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/exchange.db")


def _child(*words: str, stdout: int | None) -> str:
    command = [sys.executable, "-m", "tests.bench.publishing", *words]
    done = subprocess.run(command, cwd=ROOT, check=True, timeout=600, stdout=stdout, text=True)
    return done.stdout or ""


def shared_programme(settings: Settings, *, feeds: int, events: int) -> Database:
    """An installation whose cities all see the same open events, in the zones of the network."""
    migrate(settings.database_url)
    database = Database(settings.database_url, carries=CARRIED)
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


def _document(database: Database) -> CalendarDocument:
    with database.reading() as session:
        of_city = select(PublishedFeed).join(Feed).where(Feed.kind == FeedKind.CITY)
        return calendar_document(session, session.exec(of_city).first())  # type: ignore[arg-type]


def _finish_all(database: Database) -> None:
    """What web processes do after a change, each feed when somebody asks for it."""
    with database.reading() as session:
        for row, feed in session.exec(select(PublishedFeed, Feed).join(Feed)):
            document = calendar_document(session, row)
            responses_for(
                document.content, FeedState(document.published_at, file_name_of(feed), is_secret=True)
            )


def _spent(action: Callable[[], object]) -> Spent:
    began = Spent(time.perf_counter(), time.process_time())
    action()
    return Spent(time.perf_counter() - began.wall, time.process_time() - began.cpu)


def _median(spent: Sequence[Spent]) -> Spent:
    return Spent(median(one.wall for one in spent), median(one.cpu for one in spent))


def _told(spent: Sequence[Spent]) -> str:
    middle = _median(spent)
    return f"{middle.wall * 1000:8.1f} ms (cpu {middle.cpu * 1000:8.1f})"


def _times(spent: Sequence[Spent], units: Sequence[Spent]) -> str:
    taken, unit = _median(spent), _median(units)
    return f"{taken.wall / unit.wall:7.3f} x (cpu {taken.cpu / unit.cpu:7.3f})"


def _peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    {"cold": cold, "growth": growth}[sys.argv[1]](sys.argv[2])

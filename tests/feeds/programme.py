"""A programme across the weeks in which clocks are out of step, and its feeds' bytes, for tests of feeds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import and_
from sqlmodel import Session

from exchange.feeds.content.entries import Entry, EntryKind
from exchange.feeds.content.feed_owners import with_owners
from exchange.feeds.publishing.publish import feed_bytes
from exchange.models import (
    City,
    Cycle,
    ExpertGroup,
    Feed,
    FeedKind,
    MembershipStatus,
    Person,
    PublishedFeed,
    Sitting,
    Stage,
    TrainingEvent,
)
from exchange.rules.programme.cycles import due_on
from exchange.settings import Settings
from tests.factories import make_city, make_cycle, make_group, make_theme, make_training

Owner = City | ExpertGroup | Person | None


@dataclass
class Programme:
    """The rows that tests name."""

    london: City
    stockholm: City
    washington: City
    sydney: City
    drones: ExpertGroup
    spring: Cycle
    autumn: Cycle
    trainings: dict[str, TrainingEvent]


def make_programme(session: Session) -> Programme:
    """Events from 14 to 28 March and from 25 October to 7 November 2027, of every marking."""
    london = make_city(session, "London", status=MembershipStatus.LEAD)
    stockholm = make_city(session, "Stockholm", status=MembershipStatus.LEAD)
    washington = make_city(
        session, "Washington DC", status=MembershipStatus.LEAD, latitude=38.91, longitude=-77.04
    )
    sydney = make_city(session, "Sydney")
    drones = make_group(session, "Hostile drones", key="G5")
    spring = make_cycle(
        session,
        lead_city=stockholm,
        cities=[london, sydney],
        theme=make_theme(session, "Community preparedness and its benchmarks"),
        starts_on=date(2027, 3, 8),
        marking="TLP:CLEAR",
    )
    autumn = make_cycle(
        session,
        lead_city=london,
        cities=[stockholm, washington],
        groups=[drones],
        theme=make_theme(session, "Hostile drones in urban areas"),
        sittings=[(time(14), "Europe/London"), (time(8), "Europe/London")],
    )
    trainings = {
        "clear": make_training(
            session,
            host_city=washington,
            title="Open seminar; bring questions, please",
            description="What a city does\nin its first hours.",
            place="Öppna huset, hall 3",
            on_local=date(2027, 3, 14),  # clocks go forward there at 02:00
            starts_local=time(9),
            marking="TLP:CLEAR",
        ),
        "green": make_training(
            session,
            host_city=stockholm,
            cities=[london],
            title="Table-top on crowded places",
            description="The scenario must not leave.",
            place="Room 4711",
            join_link="https://meet.example.org/green",
            on_local=date(2027, 3, 18),
            starts_local=time(15),
        ),
        "amber": make_training(
            session,
            host_city=london,
            cities=[stockholm],
            title="Secret garden party",
            description="Names of guests",
            place="Vault 9",
            join_link="https://meet.example.org/amber",
            on_local=date(2027, 10, 31),  # clocks go back at 02:00
            starts_local=time(13),
            marking="TLP:AMBER",
        ),
        "strict": make_training(
            session,
            host_city=washington,
            cities=[london],
            title="Gap review",
            place="Vault 10",
            on_local=date(2027, 11, 5),
            marking="TLP:AMBER+STRICT",
        ),
        "red": make_training(
            session,
            host_city=stockholm,
            cities=[london],
            title="Red cell",
            on_local=date(2027, 11, 6),
            marking="TLP:RED",
        ),
    }
    return Programme(london, stockholm, washington, sydney, drones, spring, autumn, trainings)


def name_uids(programme: Programme) -> None:
    """UIDs that are the same in every run, for golden files."""
    for cycle, name in ((programme.spring, "spring"), (programme.autumn, "autumn")):
        for stage in cycle.stages:
            stage.uid = f"{name}-{stage.position:02d}-{stage.key}@exchange"
        for sitting in cycle.sittings:
            sitting.uid = f"{name}-{sitting.meeting}-{sitting.number}@exchange"
    for name, training in programme.trainings.items():
        training.uid = f"training-{name}@exchange"


def rows_by_uid(programme: Programme) -> dict[str, Stage | Sitting | TrainingEvent]:
    """The rows behind the entries. Deadlines and busy blocks have UIDs made from their rows' own."""
    cycles = (programme.spring, programme.autumn)
    stages = [stage for cycle in cycles for stage in cycle.stages]
    sittings = [sitting for cycle in cycles for sitting in cycle.sittings]
    timed: list[Sitting | TrainingEvent] = [*sittings, *programme.trainings.values()]
    busy = {f"busy-{sha256(row.uid.encode()).hexdigest()[:32]}@exchange": row for row in timed}
    days = {f"{prefix}{stage.uid}": stage for stage in stages for prefix in ("", "due-")}
    return {row.uid: row for row in timed} | busy | days


def span_of(entry: Entry, row: Stage | Sitting | TrainingEvent) -> tuple[date, date]:
    """When the entry begins and ends, from the row alone: days with the end excluded, or moments in UTC."""
    if isinstance(row, Stage):
        due = due_on(row)
        first_on, last_on = (due, due) if entry.kind is EntryKind.DEADLINE else (row.starts_on, row.ends_on)
        return first_on, last_on + timedelta(days=1)
    naive = datetime.combine(row.on_local, row.starts_local)
    starts_at = naive.replace(tzinfo=ZoneInfo(row.time_zone)).astimezone(UTC)
    return starts_at, starts_at + timedelta(minutes=row.minutes)


def bytes_of(session: Session, settings: Settings, owner: Owner = None) -> bytes:
    """The calendar of a city, a group or a person, the public one for None; the feeds must stand."""
    return feed_bytes(session, feed_of(session, owner), settings)


def feed_of(session: Session, owner: Owner = None) -> Feed:
    """The feed whose bytes bytes_of gives."""
    if owner is None:
        condition = Feed.kind == FeedKind.NETWORK
    elif isinstance(owner, City):
        condition = and_(Feed.kind == FeedKind.CITY, Feed.city_id == owner.id)
    elif isinstance(owner, Person):
        condition = Feed.person_id == owner.id
    else:
        condition = Feed.group_id == owner.id
    return session.exec(with_owners().where(condition)).one()


def add_feed(session: Session, **fields: object) -> Feed:
    """A feed that somebody asked for: a person's, or a city's busy times."""
    feed = Feed(**fields)
    session.add(feed)
    session.flush()
    session.add(PublishedFeed(feed_id=feed.id))
    session.flush()
    return feed

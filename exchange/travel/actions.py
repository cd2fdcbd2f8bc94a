"""Noting how people travelled to an event, with its audit entry. Commits nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from exchange import audit
from exchange.errors import Conflict, InvalidInput
from exchange.models import City, Journeys, Person, TrainingEvent, TrainingMode, Transport
from exchange.rules.time.timezones import wall_time
from exchange.travel import queries

PEOPLE_MOST = 10_000  # of one city to one event
ROWS_MOST = 60


@dataclass(frozen=True)
class JourneysDraft:
    """How many came from one city in one way."""

    city_id: int
    transport: Transport
    people: int


def note_journeys(
    session: Session,
    training: TrainingEvent,
    rows: Sequence[JourneysDraft],
    *,
    seen: str,
    actor: Person,
    now: datetime,
) -> None:
    """Replace what is noted of an event; rows of the same city and transport add up.

    Raises Conflict when somebody saved it after ``seen`` was made (see fingerprint), or before the day of
    the event, and InvalidInput for an event nobody travels to or a city that is none.
    """
    check_travelled_to(training, now)
    session.exec(select(TrainingEvent.id).where(TrainingEvent.id == training.id).with_for_update()).first()
    before = queries.journeys_to(session, training.id or 0)
    if fingerprint(before) != seen:
        raise Conflict(
            "This was changed by somebody else meanwhile. Nothing of yours was saved: open it again, look at"
            " what changed, and repeat yours."
        )
    wanted = _added_up(session, rows)
    old = _facts([((one.city_id, one.transport), one.people) for one in before])
    new = _facts(list(wanted.items()))
    if old == new:
        return
    session.exec(delete(Journeys).where(col(Journeys.training_id) == training.id))
    for (city_id, transport), people in wanted.items():
        session.add(
            Journeys(training_id=training.id or 0, city_id=city_id, transport=transport, people=people)
        )
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="note journeys",
        subject=f"training:{training.id}",
        before={"journeys": old},
        after={"journeys": new},
        now=now,
    )


def check_travelled_to(training: TrainingEvent, now: datetime) -> None:
    """Raise Conflict for an event to which nobody travels, or nobody has yet."""
    if training.mode == TrainingMode.VIRTUAL:
        raise Conflict("%(title)s is held online: nobody travels to it.", title=training.title)
    if wall_time(now, training.time_zone).on < training.on_local:
        raise Conflict("Journeys to %(title)s are noted from its day on.", title=training.title)


def fingerprint(rows: Sequence[Journeys]) -> str:
    """What a form carries, to tell whether somebody saved meanwhile."""
    return ";".join(sorted(f"{one.city_id}:{one.transport}:{one.people}" for one in rows))


def _added_up(session: Session, rows: Sequence[JourneysDraft]) -> dict[tuple[int, str], int]:
    known = set(session.exec(select(City.id)))
    found: dict[tuple[int, str], int] = {}
    for row in rows:
        if row.city_id not in known:
            raise InvalidInput("Choose the city that they came from.", field="rows")
        key = (row.city_id, row.transport.value)
        found[key] = found.get(key, 0) + row.people
    if any(people > PEOPLE_MOST for people in found.values()):
        raise InvalidInput("Give at most %(most)s people of one city.", field="rows", most=PEOPLE_MOST)
    return found


def _facts(rows: Sequence[tuple[tuple[int, str], int]]) -> list[list[object]]:
    return [[city_id, transport, people] for (city_id, transport), people in sorted(rows)]

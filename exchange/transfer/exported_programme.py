"""The programme a reader may carry out: entries as their feeds show them, or for planners all there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import TypeVar

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.access.things import thing_of_training
from exchange.cycles.queries import cycles_seen_by
from exchange.feeds.content.eager_loading import cycle_loader_options
from exchange.feeds.content.entries import Audience, Entry, EntryStatus
from exchange.feeds.content.redaction import entries_of_cycle, entries_of_training
from exchange.feeds.icalendar.vevent import CalendarProperties, Publisher, calendar_bytes
from exchange.models import City, Cycle, ExpertGroup, Publication, Theme, TrainingEvent
from exchange.rules.access.policy import Right, may
from exchange.rules.access.rings import Ring
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings

Marked = TypeVar("Marked", Cycle, TrainingEvent, Entry)


@dataclass(frozen=True)
class PlannersProgramme:
    """Everything, drafts too."""

    cycles: list[Cycle]
    trainings: list[TrainingEvent]


@dataclass(frozen=True)
class Loads:
    """What is loaded with cycles and with events: names are enough for a table."""

    of_cycles: Sequence[ORMOption]
    of_trainings: Sequence[ORMOption]


# SQLModel types a relation as the value it holds, not as the attribute that the loaders want.
FOR_TABLE = Loads(
    of_cycles=(
        joinedload(Cycle.theme).load_only(Theme.key),  # type: ignore[arg-type]
        joinedload(Cycle.lead_city).load_only(City.name),  # type: ignore[arg-type]
        selectinload(Cycle.cities).load_only(City.name),  # type: ignore[arg-type]
        selectinload(Cycle.groups).load_only(ExpertGroup.key),  # type: ignore[arg-type]
        selectinload(Cycle.sittings),  # type: ignore[arg-type]
    ),
    of_trainings=(
        joinedload(TrainingEvent.host_city).load_only(City.name),  # type: ignore[arg-type]
        joinedload(TrainingEvent.theme).load_only(Theme.key),  # type: ignore[arg-type]
        selectinload(TrainingEvent.cities).load_only(City.name),  # type: ignore[arg-type]
        selectinload(TrainingEvent.groups).load_only(ExpertGroup.key),  # type: ignore[arg-type]
    ),
)
FOR_CALENDAR = Loads(
    of_cycles=cycle_loader_options(),
    of_trainings=(
        joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]
        joinedload(TrainingEvent.theme),  # type: ignore[arg-type]
        selectinload(TrainingEvent.cities),  # type: ignore[arg-type]
        selectinload(TrainingEvent.groups),  # type: ignore[arg-type]
    ),
)


def planners_programme(session: Session, standing: Standing, part: str, loads: Loads) -> PlannersProgramme:
    """For somebody who plans: all cycles and events by when they begin, but nothing at TLP:RED.

    Of the part that is asked for; nothing of the other is read.
    """
    cycles = cycles_seen_by(session, standing, loads.of_cycles) if part != "trainings" else []
    trainings = _trainings(session, standing, loads.of_trainings) if part != "cycles" else []
    return PlannersProgramme(without_red(cycles), without_red(trainings))


def _trainings(session: Session, standing: Standing, load: Sequence[ORMOption]) -> list[TrainingEvent]:
    found = session.exec(
        select(TrainingEvent).options(*load).order_by(col(TrainingEvent.on_local), col(TrainingEvent.id))
    )
    return [one for one in found if may(standing, Right.READ, thing_of_training(one))]


def without_red(rows: Iterable[Marked]) -> list[Marked]:
    """What may leave in a file: what is for named people alone stays on its page."""
    return [row for row in rows if row.marking != Marking.RED]


def entries_to_plan(programme: PlannersProgramme, *, network: str) -> list[Entry]:
    """All of it as entries, uncut; drafts are tentative."""
    found: list[Entry] = []
    for cycle in programme.cycles:
        audience = Audience(Ring.PAGE, city_id=cycle.lead_city_id)
        found += _marked(entries_of_cycle(cycle, audience, network), cycle.publication)
    for training in programme.trainings:
        audience = Audience(Ring.PAGE, city_id=training.host_city_id)
        found += _marked(entries_of_training(training, audience, network), training.publication)
    return sorted(found, key=lambda entry: (entry.starts_at, entry.uid))


def only(entries: Iterable[Entry], part: str) -> list[Entry]:
    """The entries of "cycles" or of "trainings"; with "programme" all of them."""
    if part == "cycles":
        return [entry for entry in entries if entry.cycle_id is not None]
    if part == "trainings":
        return [entry for entry in entries if entry.training_id is not None]
    return list(entries)


def calendar_of(entries: Iterable[Entry], settings: Settings, *, name: str, time_zone: str) -> bytes:
    """The entries as a calendar file, written as the feeds are."""
    organizer, address = parseaddr(settings.mail_from)
    properties = CalendarProperties(
        name=name,
        description=f"A copy of the {settings.network_name}'s programme; it does not change any more.",
        page_url=f"{settings.base_url}/",
        time_zone=time_zone,
        publisher=Publisher(settings.base_url, organizer or settings.network_name, address),
    )
    return calendar_bytes(properties, entries)


def _marked(entries: Iterable[Entry], publication: Publication) -> list[Entry]:
    if publication is not Publication.DRAFT:
        return list(entries)
    return [replace(entry, status=EntryStatus.TENTATIVE, word="Draft") for entry in entries]
